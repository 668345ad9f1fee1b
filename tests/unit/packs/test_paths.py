"""Which paths and texts a pack may have."""

from __future__ import annotations

import pytest

from webapp.packs import paths


@pytest.mark.parametrize(
    ("path", "kind", "editor"),
    [
        ("workflows/demo/recognition.bpmn", "flow", "bpmn"),
        ("workflows/demo/recognition.dmn", "rule", "dmn"),
        ("forms/demo/filing.json", "form", "form"),
        ("docs_templates/common/letter.md", "template", "template"),
        ("workflows/demo/clauses.toml", "clauses", "toml"),
        ("workflows/demo/policy.txt", "clauses", "text"),
        ("workflows/demo/pack.toml", "basics", "toml"),
        ("workflows/common/notices.toml", "basics", "toml"),
        ("workflows/demo/scenarios/good.json", "scenario", "text"),
    ],
)
def test_files_of_a_pack_have_a_kind_and_an_editor(path, kind, editor):
    assert paths.path_fault(path, "demo") == ""
    assert (paths.kind_of(path), paths.editor_of(path)) == (kind, editor)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            "pack.toml",
            "workflows/pack.toml",
            "workflows/demo/",
            "workflows/demo/.bpmn",
            "workflows/demo/a",
        ),
        *(
            "workflows/demo/a.py",
            "workflows/demo/a.json",
            "forms/demo/a.bpmn",
            "docs_templates/demo/README.md",
        ),
        *("workflows/other/a.bpmn", "workflows/demo/../common/a.bpmn", "/workflows/demo/a.bpmn"),
        *("workflows/demo/sub/a.bpmn", "workflows/other/scenarios/a.json", "workflows/demo/流程.bpmn"),
        *(
            "workflows/demo/a b.bpmn",
            "workflows/demo/a\n.bpmn",
            "forms\\demo\\a.json",
            "workflows/demo/a..bpmn",
        ),
        "workflows/demo/" + "a" * 80 + ".bpmn",
    ],
)
def test_other_paths_are_told_why_not(path):
    assert paths.path_fault(path, "demo") != ""


def test_texts_are_bounded_and_plain():
    assert paths.text_fault("x" * paths.MAX_FILE_BYTES) == ""
    assert "1 MB" in paths.text_fault("文" * (paths.MAX_FILE_BYTES // 3 + 1))
    assert "空字符" in paths.text_fault("a\0")
    assert "UTF-8" in paths.text_fault("\ud800")
