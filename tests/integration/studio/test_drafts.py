"""Drafts: what one saves stays, what another saved is not overwritten, and everything can be brought back."""

from __future__ import annotations

import pytest

from tests.integration.studio import desk
from webapp.packs import paths


@pytest.fixture
def draft(admin):
    return desk.opened(admin)


def test_a_draft_begins_as_the_version_in_force(admin, draft):
    page = admin.get(draft).text
    assert "recognition.bpmn" in page
    assert "没有修改" in page
    assert "调整场地面积" in admin.get("/studio").text


def test_a_draft_needs_a_name(admin):
    answer = admin.post("/studio", data={"title": " ", "source": "current"})
    assert answer.status_code == 422
    assert "请填写草稿名称" in answer.text


def test_what_is_saved_is_read_again_and_counted(admin, draft):
    text, revision = desk.read(admin, draft, desk.MANIFEST)
    assert revision == 0
    answer = desk.put(admin, draft, desk.MANIFEST, text + "# 说明\n", 0)
    assert answer.json["revision"] == 1
    assert answer.json["saved_at"].startswith("2026-11-20T02:00")
    assert desk.read(admin, draft, desk.MANIFEST) == (text + "# 说明\n", 1)
    assert "已改" in admin.get(draft).text


def test_saving_the_same_text_changes_nothing(admin, draft):
    text, _ = desk.read(admin, draft, desk.MANIFEST)
    assert desk.put(admin, draft, desk.MANIFEST, text, 0).json["revision"] == 0
    assert "还没有修改" in admin.get(f"{draft}/history").text


def test_whoever_saves_later_is_told_what_the_other_saved(admin, draft, browse):
    text, _ = desk.read(admin, draft, desk.MANIFEST)
    assert desk.put(browse(desk.EDITOR), draft, desk.MANIFEST, text + "# 甲\n", 0).status_code == 200
    late = desk.put(admin, draft, desk.MANIFEST, text + "# 乙\n", 0)
    assert late.status_code == 409
    assert late.json["by"] == "演示管理员"
    assert late.json["text"] == text + "# 甲\n"
    assert "已修改并保存" in late.json["message"]
    again = desk.put(admin, draft, desk.MANIFEST, text + "# 甲\n# 乙\n", late.json["revision"])
    assert again.status_code == 200


def test_two_files_are_saved_without_minding_each_other(admin, draft):
    desk.change(admin, draft, desk.MANIFEST, 'version = "2025.1"', 'version = "2025.2"')
    text, _ = desk.read(admin, draft, desk.RULES)
    assert desk.put(admin, draft, desk.RULES, text + "\n", 0).json["revision"] == 2


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("workflows/tongzhou/evil.py", "只能放"),
        ("workflows/other/pack.toml", "本政策包的文件夹"),
        ("forms/tongzhou/a..b/c.json", "文件名只用"),
        ("docs_templates/tongzhou/README.md", "只能放"),
        ("pack.toml", "文件名只用"),
    ],
)
def test_a_path_that_is_none_of_a_pack_is_refused(admin, draft, path, says):
    answer = desk.put(admin, draft, path, "x", 0)
    assert answer.status_code == 422
    assert says in answer.json["message"]


def test_a_file_that_is_too_large_is_refused(admin, draft):
    answer = desk.put(admin, draft, "workflows/tongzhou/large.txt", "x" * (paths.MAX_FILE_BYTES + 1), 0)
    assert answer.status_code == 422
    assert "1 MB" in answer.json["message"]


@pytest.mark.parametrize(
    "sent", [None, [], {"text": 1, "revision": 0}, {"text": "x"}, {"text": "x", "revision": True}]
)
def test_a_request_that_is_none_is_refused(admin, draft, sent):
    answer = admin.put(f"{draft}/files/{desk.MANIFEST}", json=sent)
    assert answer.status_code == 422
    assert "text" in answer.json["message"]


def test_saves_in_one_go_are_one_entry_and_later_ones_another(admin, draft, frozen_clock):
    text, _ = desk.read(admin, draft, desk.MANIFEST)
    first = desk.put(admin, draft, desk.MANIFEST, text + "# 一\n", 0).json["revision"]
    frozen_clock.move(minutes=2)
    second = desk.put(admin, draft, desk.MANIFEST, text + "# 一二\n", first).json["revision"]
    frozen_clock.move(minutes=11)
    desk.put(admin, draft, desk.MANIFEST, text + "# 一二三\n", second)
    page = admin.get(f"{draft}/history").text
    assert page.count("恢复到这次修改后") == 2
    assert "# 一二</ins>" in admin.get(f"{draft}/history/{second}").text
    assert admin.get(f"{draft}/history/{first}").status_code == 404


def test_a_file_is_brought_back_and_that_is_a_change_itself(admin, draft, frozen_clock):
    before, _ = desk.read(admin, draft, desk.MANIFEST)
    desk.put(admin, draft, desk.MANIFEST, before + "# 一\n", 0)
    frozen_clock.move(minutes=11)
    desk.put(admin, draft, desk.MANIFEST, before + "# 二\n", 1)
    assert admin.post(f"{draft}/restore/1").status_code == 302
    assert desk.read(admin, draft, desk.MANIFEST) == (before + "# 一\n", 3)
    assert "恢复到第 1 次修改后" in admin.get(f"{draft}/history").text


def test_a_removed_file_can_be_brought_back(admin, draft):
    path = "forms/tongzhou/leaving_check.json"
    before, _ = desk.read(admin, draft, path)
    desk.put(admin, draft, path, before + "\n", 0)
    assert admin.post(f"{draft}/delete/{path}").status_code == 302
    assert admin.get(f"{draft}/files/{path}").status_code == 404
    assert "已删除" in admin.get(draft).text
    admin.post(f"{draft}/restore/1")
    assert desk.read(admin, draft, path)[0] == before + "\n"


def test_a_renamed_file_keeps_its_text_and_an_existing_name_is_refused(admin, draft):
    old, new = "forms/tongzhou/leaving_check.json", "forms/tongzhou/leaving_looked.json"
    text, _ = desk.read(admin, draft, old)
    taken = desk.followed(admin, f"{draft}/rename/{old}", data={"path": desk.MANIFEST})
    assert "已有同名文件" in taken.text
    assert admin.post(f"{draft}/rename/{old}", data={"path": new}).location.endswith(new)
    assert desk.read(admin, draft, new)[0] == text
    assert admin.get(f"{draft}/files/{old}").status_code == 404


def test_a_new_file_is_made_once(admin, draft):
    path = "workflows/tongzhou/extra.dmn"
    assert admin.post(f"{draft}/new-file", data={"path": path}).location.endswith(path)
    assert desk.read(admin, draft, path)[1] == 1
    again = desk.followed(admin, f"{draft}/new-file", data={"path": path, "text": "x"})
    assert "已修改并保存" in again.text


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("form", "forms/tongzhou/site_visit.json"),
        ("flow", "workflows/tongzhou/site_visit.bpmn"),
        ("rule", "workflows/tongzhou/site_visit.dmn"),
        ("template", "docs_templates/tongzhou/site_visit.md"),
    ],
)
def test_a_new_file_lies_where_its_kind_does_and_begins_with_something(admin, draft, kind, path):
    answer = admin.post(f"{draft}/new-file", data={"kind": kind, "name": "site_visit"})
    assert answer.location == f"{draft}/files/{path}"
    assert desk.read(admin, draft, path)[0]


@pytest.mark.parametrize("sent", [{"kind": "form", "name": "../x"}, {"kind": "nothing", "name": "a"}, {}])
def test_a_new_file_without_a_fit_name_is_refused(admin, draft, sent):
    page = desk.followed(admin, f"{draft}/new-file", data=sent)
    assert "文件名只用英文字母" in page.text


def test_the_plain_page_keeps_line_ends_and_loses_nothing_typed(admin, draft):
    url = f"{draft}/files/{desk.MANIFEST}"
    text, _ = desk.read(admin, draft, desk.MANIFEST)
    as_browsers_send = text.replace("\n", "\r\n")
    assert admin.post(url, data={"text": as_browsers_send, "revision": "0"}).status_code == 302
    assert desk.read(admin, draft, desk.MANIFEST) == (text, 0)
    desk.put(admin, draft, desk.MANIFEST, text + "# 他人\n", 0)
    late = admin.post(url, data={"text": as_browsers_send + "# 我写的", "revision": "0"})
    assert late.status_code == 409
    assert "# 我写的</textarea>" in late.text
    assert "# 他人" in late.text


def test_an_open_file_is_told_to_others_for_two_minutes_and_may_be_taken_over(
    admin, draft, second_editor, frozen_clock
):
    held = admin.post(f"{draft}/hold/{desk.MANIFEST}").json
    until = "2026-11-20T02:02:00+00:00"
    assert held == {"held_by": "演示管理员", "until": until, "mine": True, "revision": 0}
    theirs = second_editor.post(f"{draft}/hold/{desk.MANIFEST}").json
    assert (theirs["held_by"], theirs["mine"]) == ("演示管理员", False)
    assert "演示管理员 正在编辑" in second_editor.get(draft).text
    refused = desk.followed(second_editor, f"{draft}/delete/{desk.MANIFEST}")
    assert "正在编辑这个文件" in refused.text
    taken = second_editor.post(f"{draft}/hold/{desk.MANIFEST}?take_over=1").json
    assert taken["mine"]
    assert admin.post(f"{draft}/hold/{desk.MANIFEST}").json["held_by"] == "演示另一管理员"
    frozen_clock.move(minutes=2, seconds=1)
    assert admin.post(f"{draft}/hold/{desk.MANIFEST}").json["mine"]


def test_who_saves_a_file_that_was_taken_over_is_told_and_loses_nothing(admin, draft, second_editor):
    text, revision = desk.read(admin, draft, desk.MANIFEST)
    admin.post(f"{draft}/hold/{desk.MANIFEST}")
    assert desk.put(admin, draft, desk.MANIFEST, text + "# 一\n", revision).json["mine"]
    taken = second_editor.post(f"{draft}/hold/{desk.MANIFEST}?take_over=1").json
    assert taken["revision"] == 1
    told = desk.put(admin, draft, desk.MANIFEST, text + "# 二\n", 1).json
    assert (told["held_by"], told["mine"], told["revision"]) == ("演示另一管理员", False, 2)
    assert desk.read(second_editor, draft, desk.MANIFEST) == (text + "# 二\n", 2)
    late = desk.put(second_editor, draft, desk.MANIFEST, text + "# 三\n", 1)
    assert (late.status_code, late.json["by"]) == (409, "演示管理员")


def test_the_check_names_file_and_element(admin, draft):
    desk.change(
        admin,
        draft,
        desk.MANIFEST,
        'key = "office"\nname = "局办公室',
        'key = "bureau_office"\nname = "局办公室',
    )
    found = admin.post(f"{draft}/check").json["findings"]
    errors = [finding for finding in found if "没有岗位“office”" in finding["reason"]]
    assert errors
    assert {error["path"] for error in errors} <= {f"workflows/tongzhou/{name}.bpmn" for name in FLOWS}
    assert all(error["element_id"] and error["mend"] and error["severity"] == "error" for error in errors)
    assert "没有岗位“office”" in admin.get(f"{draft}/findings").text


FLOWS = (
    "recognition",
    "exit",
    "assessment",
    "stars",
    "rectification",
    "subsidy",
    "construction",
    "good_practice",
)


def test_a_pack_that_cannot_be_read_is_a_finding_at_its_file(admin, draft):
    desk.change(admin, draft, desk.MANIFEST, 'version = "2025.1"', "version = 7")
    (found,) = admin.post(f"{draft}/check").json["findings"]
    assert (found["path"], found["severity"]) == (desk.MANIFEST, "error")
    assert "version" in found["reason"]


def test_an_officer_of_another_jurisdiction_finds_no_draft(draft, elsewhere):
    for url in (draft, f"{draft}/files/{desk.MANIFEST}", f"{draft}/export.zip", f"{draft}/history"):
        assert elsewhere.get(url).status_code == 404
    assert (
        elsewhere.put(f"{draft}/files/{desk.MANIFEST}", json={"text": "x", "revision": 0}).status_code == 404
    )
    assert "没有草稿" in elsewhere.get("/studio").text
