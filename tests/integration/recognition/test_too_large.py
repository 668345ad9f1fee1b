"""A request that is too large to be read: the page says at which limit, and what of the work is kept."""

from __future__ import annotations

import pytest

from tests.integration.recognition import desk

CASE = "/cases/TZ-RD-2026-0001"


@pytest.fixture
def address(at):
    case_id = at("filed")
    (item,) = desk.items(case_id, "acceptance")
    return f"{CASE}/tasks/{item.id}"


def form(name, content, more=""):
    """A form of one field as a browser writes it; written here, since the test client would use a file on disk."""
    head = f'--limit\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    body = head.encode() + content + b"\r\n--limit--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=limit"}


def with_file(megabytes):
    return form("site.file", b"0" * (megabytes * 1024 * 1024), '; filename="a.pdf"')


@pytest.fixture
def small(app, monkeypatch):
    """Limits that a test can reach quickly."""
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2 * 1024 * 1024)
    monkeypatch.setitem(app.config, "MAX_FORM_MEMORY_SIZE", 1024 * 1024)


@pytest.mark.usefixtures("small")
def test_without_a_draft_one_is_told_to_go_back(address, browse):
    answer = browse("renshe").post(address, **with_file(3))
    assert answer.status_code == 413
    assert "合计不得超过 2 MB，其中单个文件不超过 20 MB" in answer.text
    assert "还没有保存过草稿" in answer.text
    assert f'href="{address}"' in answer.text


@pytest.mark.usefixtures("small")
def test_the_draft_saved_before_is_kept_and_said_so(address, browse):
    officer = browse("renshe")
    assert officer.post(f"{address}/draft", data={"note": "先存的意见", "revision": "0"}).status_code == 302
    answer = officer.post(address, **with_file(3))
    assert answer.status_code == 413
    assert "您 2026-11-20 10:00 保存的草稿仍在" in answer.text
    assert "先存的意见" in officer.get(address).text


@pytest.mark.usefixtures("small")
def test_too_much_text_names_its_own_limit(address, browse):
    answer = browse("renshe").post(address, **form("note", ("长" * 400_000).encode()))
    assert answer.status_code == 413
    assert "文字合计不得超过 1 MB" in answer.text


@pytest.mark.usefixtures("small")
def test_a_script_is_told_in_json(address, browse):
    answer = browse("renshe").post(
        f"{address}/draft",
        **with_file(3),
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 413
    assert "合计不得超过 2 MB" in answer.json["error"]["message"]
    assert set(answer.json["error"]) == {"code", "message"}


@pytest.mark.usefixtures("small")
def test_other_pages_say_the_limit_alone(browse):
    answer = browse("renshe").post("/position", **with_file(3))
    assert answer.status_code == 413
    assert "合计不得超过 2 MB" in answer.text
    assert "回到表单" not in answer.text
