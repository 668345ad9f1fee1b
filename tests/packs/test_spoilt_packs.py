"""A whole pack, spoilt at random in one file: it is refused with a message, or checked with findings; nothing raises."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs.opened import tongzhou
from webapp import packs

PIECES = [
    '"',
    "[",
    "]",
    "{",
    "}",
    "=",
    "\n",
    "<",
    ">",
    "&",
    "\0",
    "9" * 30,
    "#",
    "é",
    "[[a]]",
    "true",
    "2026-13-01",
    "|",
]
VALUES = [
    None,
    True,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    ["a"],
    {"a": 1},
    "9" * 400,
    "(((",
    "= 1",
    "\ud800",
    10**30,
    "a.b",
]


@lru_cache
def small() -> dict[str, str]:
    """The recognition alone: its process, its rules, its forms, some of its templates."""
    files = dict(tongzhou().files)
    manifest = re.split(r"(?m)^(?=\[)", files["workflows/tongzhou/pack.toml"])
    kept = [part for part in manifest if not part.startswith("[[processes]]") or '"recognition"' in part]
    files["workflows/tongzhou/pack.toml"] = "".join(kept)
    used = set(re.findall(r'name="form" value="([^"]+)"', files["workflows/tongzhou/recognition.bpmn"]))

    def belongs(path: str) -> bool:
        name = path.rpartition("/")[2]
        if path.endswith((".bpmn", ".dmn")):
            return name.startswith("recognition.")
        if path.startswith("forms/"):
            return name.removesuffix(".json") in used
        return "/scenarios/" not in path and (not path.startswith("docs_templates/") or name < "c")

    return {path: text for path, text in files.items() if belongs(path)}


def messages(path: str, text: str) -> list[str]:
    """What is said when one file is another: why the pack is refused, or what is to be mended in it."""
    try:
        return [finding.reason for finding in packs.check(packs.read({**small(), path: text}))]
    except packs.PackError as error:
        return [error.message]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_spoilt_texts_are_refused_or_found_and_nothing_raises(data):
    path = data.draw(st.sampled_from(sorted(small())))
    text = small()[path]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 60))
        text = text[:at] + data.draw(st.sampled_from(["", *PIECES])) + text[at + gone :]
    assert all(messages(path, text))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_forms_with_values_of_any_kind_are_refused_or_found_and_nothing_raises(data):
    path = data.draw(st.sampled_from(sorted(path for path in small() if path.startswith("forms/"))))
    form = json.loads(small()[path])
    places: list[dict] = []
    queue = [form]
    while queue:
        at = queue.pop()
        if isinstance(at, dict) and at:
            places.append(at)
        queue.extend(at.values() if isinstance(at, dict) else at if isinstance(at, list) else ())
    for _ in range(data.draw(st.integers(1, 3))):
        place = places[data.draw(st.integers(0, len(places) - 1))]
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(st.sampled_from(VALUES))
    assert all(messages(path, json.dumps(form)))


def test_what_is_not_spoilt_has_no_errors():
    assert not [each for each in packs.check(packs.read(small())) if each.file == "recognition.bpmn"]
