"""送达, 更正 and 撤销 by another system."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.services import api_tokens
from webapp.uow import unit_of_work


@pytest.fixture
def key():
    def of(username):
        with unit_of_work() as session:
            who = filings.actor(session, username)
            return {"Authorization": f"Bearer {api_tokens.create(session, who, name='测试', days=30)}"}

    return of


def test_a_document_is_delivered_corrected_and_revoked(at, app, client, key):
    case_id = at("accepted")
    desk.work(app)
    notice = next(row for row in desk.documents(case_id) if row.template_key == "acceptance_notice")
    address, clerk, leader = f"/api/v1/documents/{notice.id}", key("renshe"), key("renshe-fj")
    given = {
        "way": "平台送达",
        "recipient": "马驹桥镇人民政府",
        "receiver": "演示收件人",
        "delivered_at": "2026-11-20T10:00:00+08:00",
    }
    late = given | {"delivered_at": "2026-11-21T10:00:00+08:00"}
    answer = client.post(f"{address}/deliveries", json=late, headers=clerk)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["delivered_at"])
    assert client.post(f"{address}/deliveries", json=given, headers=leader).status_code == 403
    answer = client.post(f"{address}/deliveries", json=given, headers=clerk)
    assert (answer.status_code, answer.json["title"], answer.json.get("number")) == (201, "送达回证", None)
    wrong = {"wrong": "甲", "right": "乙", "reason": "录入有误"}
    answer = client.post(f"{address}/correct", json=wrong, headers=leader)
    assert (answer.status_code, answer.json["number"]) == (201, "通人社更〔2026〕1号")
    answer = client.post(f"{address}/revoke", json={"reason": "重复印发"}, headers=leader)
    assert (answer.status_code, answer.json["status"]) == (200, "revoked")
    assert client.post(f"{address}/revoke", json={"reason": "重复印发"}, headers=leader).status_code == 409
    life = client.get(f"{address}/life", headers=clerk).json
    assert [stage["label"] for stage in life["stages"]][-5:] == ["用印", "印发", "送达", "更正", "撤销"]
    assert [row["way"] for row in life["deliveries"]] == ["平台送达"]
    assert [row["number"] for row in life["related"]] == ["通人社更〔2026〕1号"]
    assert client.get(f"{address}/life", headers=key("songzhuang")).status_code == 404
