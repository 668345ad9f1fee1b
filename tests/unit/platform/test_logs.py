"""Nothing that identifies a person reaches the logs."""

from __future__ import annotations

from webapp.logs import hide_personal_data


def shown(**event):
    return hide_personal_data(None, "info", event)


def test_private_keys_are_blanked_at_any_depth():
    event = shown(password="x", api_token="y", form={"phone": "z", "case": "TZ-1"}, person_name="张三")
    assert event == {
        "password": "[略]",
        "api_token": "[略]",
        "form": {"phone": "[略]", "case": "TZ-1"},
        "person_name": "[略]",
    }


def test_numbers_that_identify_people_are_blanked_in_any_text():
    event = shown(event="手机13800138000，证件11010519491231002X", lines=["call 13800138000"])
    assert event == {"event": "手机[手机号]，证件[证件号]", "lines": ["call [手机号]"]}


def test_other_numbers_stay():
    text = "2026112012345678901234 TZ-RD-2026-0001 123456789012"
    assert shown(event=text, status=200) == {"event": text, "status": 200}
