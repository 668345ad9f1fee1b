"""Finds the files that one process needs: what it calls, the decisions it names, and what those import."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from webapp import dmn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_COMMON = "workflows/common"


def parse_xml(text: str | bytes, *, keep_comments: bool = False) -> etree._Element | None:
    """Parse XML without entities and network; ``None`` if it is not well-formed.

    Args:
        text: The XML.
        keep_comments: Needed where it is written again; reading is safer without, since a comment would cut
            the text around it.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=not keep_comments, huge_tree=False
    )
    try:
        return etree.fromstring(text.encode() if isinstance(text, str) else text, parser)
    except etree.XMLSyntaxError:
        return None


def attributes_of(element: etree._Element) -> dict[str, str]:
    """Return the attributes of an element by name; all are texts, which the types of lxml do not say."""
    return {str(name): element.get(name) or "" for name in element.keys()}  # noqa: SIM118 - not a dict


def needed_sources(files: Mapping[str, str], home: str, file: str) -> dict[str, bytes]:
    """Return the files of one process by file name, following calls and decisions.

    Args:
        files: Path below the project to text.
        home: Folder of the pack, ``workflows/<pack>``.
        file: Name of the BPMN file to begin with.

    A name that leads nowhere is left out: the checker reports it, so that a draft can still be read.
    """
    owners = _process_owners(files, home)
    tables = {path: text for path, text in files.items() if path.endswith(".dmn")}
    waiting = [f"{home}/{file}"]
    found: dict[str, bytes] = {}
    while waiting:
        path = waiting.pop()
        name = path.rpartition("/")[2]
        if name in found or path not in files:
            continue
        found[name] = files[path].encode()
        if name.endswith(".bpmn"):
            waiting.extend(_mentioned(files[path], home, owners, files))
        else:
            waiting.extend(sorted(dmn.needed(files[path], tables)))
    return dict(sorted(found.items()))


def _process_owners(files: Mapping[str, str], home: str) -> dict[str, str]:
    """Process id to the path it is defined in; the pack's own comes before the common one."""
    owners: dict[str, str] = {}
    for folder in (home, _COMMON):
        for path in sorted(files):
            if path.startswith(f"{folder}/") and path.endswith(".bpmn"):
                for process_id in _process_ids(files[path]):
                    owners.setdefault(process_id, path)
    return owners


@lru_cache(maxsize=256)
def _process_ids(text: str) -> tuple[str, ...]:
    """Each process asks this of every file of its pack."""
    root = parse_xml(text)
    return () if root is None else tuple(process.get("id", "") for process in root.iter(f"{{{BPMN}}}process"))


def _mentioned(text: str, home: str, owners: Mapping[str, str], files: Mapping[str, str]) -> Iterator[str]:
    root = parse_xml(text)
    if root is None:
        return
    for call in root.iter(f"{{{BPMN}}}callActivity"):
        called = call.get("calledElement", "")
        if called in owners:
            yield owners[called]
    for entry in root.iter(f"{{{SPIFF}}}property"):
        if entry.get("name") == "decision":
            table = entry.get("value", "").partition("#")[0]
            own = f"{home}/{table}"
            yield own if own in files else f"{_COMMON}/{table}"
