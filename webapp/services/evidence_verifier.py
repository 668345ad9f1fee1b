"""存证包离线核验: recompute every hash of an evidence package, its signature and its chain of events.

It goes into each package as `verify.py` and needs Python 3.10 or later, and nothing else: no network, no
other file of the system. `python verify.py 存证包.zip`, or, in an unpacked package, `python verify.py`.
It exits with 0 if everything holds, 1 if something was changed, 2 if there is no package.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST, SIGNATURE, EVENTS = "清单.json", "清单签名.json", "存证/事件链.jsonl"
PAPERS = ("document.issued", "document.sealed")

# NIST P-256
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None
_EXPLICIT_VERSION, _UNCOMPRESSED = 0xA0, b"\x00\x04"
_KEY_BYTES = 66


class UnreadableError(Exception):
    """Something cannot be read at all."""


class Package:
    """The files of a package, in a ZIP or unpacked in a folder."""

    def __init__(self, place: Path) -> None:
        self.folder = place if place.is_dir() else None
        try:
            self.archive = None if self.folder else zipfile.ZipFile(place)
        except (OSError, zipfile.BadZipFile):
            raise UnreadableError(f"“{place}”不是完好的 ZIP 文件，无法打开。") from None

    def names(self) -> list[str]:
        """Paths of all files, with `/` between folders."""
        if self.archive is not None:
            return [name for name in self.archive.namelist() if not name.endswith("/")]
        root = self.folder or Path()
        return [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]

    def read(self, name: str) -> bytes:
        """Bytes of a file.

        Raises:
            UnreadableError: If it is missing or damaged.
        """
        try:
            if self.archive is not None:
                return self.archive.read(name)
            return (self.folder or Path()).joinpath(name).read_bytes()
        except (KeyError, FileNotFoundError):
            raise UnreadableError("文件缺失") from None
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
            raise UnreadableError("文件损坏，无法读取") from None


def verify(package: Package) -> Iterator[str]:
    """Yield everything that is wrong with a package, each a plain sentence."""
    try:
        raw = package.read(MANIFEST)
        manifest = json.loads(raw)
        listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    except UnreadableError as problem:
        yield f"清单（{MANIFEST}）：{problem}。"
        return
    except (ValueError, KeyError, TypeError):
        yield f"清单（{MANIFEST}）：内容被改动，无法读取。"
        return
    yield from _signature(package, raw)
    yield from _files(package, listed)
    yield from _events(package, manifest, set(listed.values()))


def _files(package: Package, listed: dict[str, str]) -> Iterator[str]:
    for name, expected in listed.items():
        try:
            found = hashlib.sha256(package.read(name)).hexdigest()
        except UnreadableError as problem:
            yield f"“{name}”：{problem}。"
            continue
        if found != expected:
            yield f"“{name}”：内容被改动（校验值应为 {expected[:16]}…，实为 {found[:16]}…）。"
    for name in package.names():
        if name not in listed and name not in (MANIFEST, SIGNATURE):
            yield f"“{name}”：清单中没有这个文件，是后来加入的。"


def _signature(package: Package, raw: bytes) -> Iterator[str]:
    try:
        said = json.loads(package.read(SIGNATURE))
        algorithm, signature = said["algorithm"], base64.b64decode(said["signature"])
        certificate = base64.b64decode(said["certificates"][0])
        if hashlib.sha256(certificate).hexdigest() != said["fingerprint"]:
            yield "清单签名：证书与其指纹不符，被改动。"
    except UnreadableError as problem:
        yield f"清单签名（{SIGNATURE}）：{problem}。"
        return
    except (ValueError, KeyError, TypeError, IndexError):
        yield f"清单签名（{SIGNATURE}）：内容被改动，无法读取。"
        return
    if algorithm != "sha256_ecdsa":
        yield f"清单签名：算法“{algorithm}”不能由本程序核验，请用证书另行核验。"
        return
    try:
        holds = ecdsa_holds(certificate, signature, raw)
    except (ValueError, IndexError):
        holds = False
    if not holds:
        yield "清单签名：与清单不符，清单或签名被改动。"


def _events(package: Package, manifest: dict[str, Any], hashes: set[str]) -> Iterator[str]:
    try:
        lines = package.read(EVENTS).decode().splitlines()
        events = [json.loads(line) for line in lines]
        links = [(event["record"], event["hash"], event["next"]) for event in events]
    except UnreadableError:
        return  # told as a file already
    except (ValueError, KeyError, TypeError):
        yield f"“{EVENTS}”：内容被改动，无法读取。"
        return
    if len(links) != manifest.get("events"):
        yield f"事件链：应有 {manifest.get('events')} 条，实有 {len(links)} 条。"
    before: tuple[int, str] = (0, "")
    for record, named, following in links:
        seq, computed = record.get("seq"), digest(record)
        if computed != named:
            yield f"事件链：第 {seq} 条的内容与其校验值不符，被改动。"
        if following not in (None, named):
            yield f"事件链：第 {seq} 条与下一条不相衔接。"
        if not isinstance(seq, int) or seq <= before[0]:
            yield f"事件链：第 {seq} 条的顺序不对。"
            continue
        if seq == before[0] + 1 and record.get("prev") != before[1]:
            yield f"事件链：第 {seq} 条与上一条不相衔接。"
        before = (seq, named)
        paper = record.get("data", {}).get("sha256") if record.get("kind") in PAPERS else None
        if paper and paper not in hashes:
            yield f"事件链：第 {seq} 条所记的公文（{paper[:16]}…）不在包内。"


def digest(record: dict[str, Any]) -> str:
    """SHA-256 of an event's canonical form."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def ecdsa_holds(certificate: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an ECDSA P-256 signature over SHA-256 is by the key of a DER certificate.

    Raises:
        ValueError: If certificate or signature cannot be read.
    """
    key = _public_key(certificate)
    r, s = (int.from_bytes(value, "big") for _, value in _children(_children(signature)[0][1]))
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, -1, N)
    z = int.from_bytes(hashlib.sha256(message).digest(), "big")
    found = _add(_times(z * inverse % N, G), _times(r * inverse % N, key))
    return found is not None and found[0] % N == r


def _public_key(certificate: bytes) -> tuple[int, int]:
    body = _children(_children(_children(certificate)[0][1])[0][1])
    place = (
        6 if body[0][0] == _EXPLICIT_VERSION else 5
    )  # after version, serial, algorithm, issuer, validity, subject
    bits = _children(body[place][1])[1][1]
    if len(bits) != _KEY_BYTES or bits[:2] != _UNCOMPRESSED:
        raise ValueError("not an uncompressed P-256 key")
    x, y = int.from_bytes(bits[2:34], "big"), int.from_bytes(bits[34:], "big")
    if (y * y - (x * x * x - 3 * x + B)) % P:
        raise ValueError("not a point of the curve")
    return x, y


def _children(der: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of each DER value in a row."""
    found, at = [], 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        if at + length > len(der):
            raise ValueError("cut off")
        found.append((tag, der[at : at + length]))
        at += length
    return found


def _add(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _times(factor: int, point: Point) -> Point:
    total: Point = None
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


def _say(line: object) -> None:
    sys.stdout.write(f"{line}\n")


def report(place: Path) -> int:
    """Check a package and say in Chinese what was found; return the exit status."""
    try:
        package = Package(place)
        found = list(verify(package))
    except UnreadableError as problem:
        _say(problem)
        return 2
    for problem_text in found:
        _say(f"× {problem_text}")
    if found:
        _say(f"核验未通过：发现 {len(found)} 处问题，本存证包不能采信。")
        return 1
    manifest, said = json.loads(package.read(MANIFEST)), json.loads(package.read(SIGNATURE))
    _say(f"核验通过：{manifest['case']}《{manifest['title']}》")
    _say(f"  文件 {len(manifest['files'])} 个，逐字节一致；事件 {manifest['events']} 条，环环相扣。")
    _say(f"  清单由“{said['signer']}”签名，证书指纹（SHA-256）{said['fingerprint']}")
    _say("  请将证书指纹与该单位公布的指纹核对；包内 PDF 的电子签名请用 PDF 阅读软件另行验证。")
    return 0


def main() -> int:
    """Run as a command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    return report(place)


if __name__ == "__main__":
    sys.exit(main())
