"""Records of posts, meetings, training, brokers and typical cases: enter, check, publish.

Policy: TZ-4.1, TZ-4.2, TZ-4.3, TZ-7.2, TZ-7.3.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.monitoring import Walk
from tests.packs.opened import tongzhou

FACTS: dict[str, dict[str, Any]] = {
    "job_posting": {
        "record_job": {
            "source": "市场（驿站）采集",
            "department": None,
            "job": {
                "title": "分拣员（演示）",
                "employer": "演示物流公司",
                "people": Decimal(20),
                "place": "演示园区",
                "pay": Decimal("22.5"),
                "pay_unit": "元/小时",
                "hours": "夜班",
                "valid_until": date(2026, 12, 31),
            },
        }
    },
    "training": {
        "record_training": {
            "course": {
                "title": "保洁岗前培训（演示）",
                "kind": "岗前培训",
                "provider": "演示培训学校",
                "places": Decimal(30),
                "begins_on": date(2026, 12, 1),
                "ends_on": date(2026, 12, 3),
                "place": "演示零工市场",
                "enrol": "市场服务台",
            }
        }
    },
    "service_event": {
        "record_event": {
            "event": {
                "title": "春季招工会（演示）",
                "kind": "招工会",
                "held_on": date(2026, 11, 19),
                "place": "演示零工市场",
            },
            "result": {"employers": Decimal(12), "posts": Decimal(200), "matched": Decimal(60)},
        }
    },
    "broker_guidance": {
        "record_broker": {
            "guided": {
                "from_day": date(2026, 10, 1),
                "until_day": date(2026, 10, 31),
                "brokers": Decimal(9),
                "trained": Decimal(6),
                "registered": Decimal(2),
                "settled": Decimal(4),
            }
        }
    },
    "good_practice": {
        "record_practice": {
            "title": "早市直通车（演示）",
            "field": ["运营管理"],
            "abstract": "接驳进场（演示）",
        }
    },
}
PROCEDURES = sorted(FACTS)


def begun(process: str, starter: str = "majuqiao", **facts: Any) -> Walk:
    return Walk(process, FACTS[process] | facts, {}, no="TZ-XX-2026-0001", applicant_key=starter)


def published(way: Walk) -> dict[str, Any]:
    way.act("check_entry", result="publish")
    if "approve" in way.open:
        way.act("approve", **{"pass": True})
    assert way.run.finished
    (entry,) = way.entered()
    return entry


@pytest.mark.parametrize("process", PROCEDURES)
@pytest.mark.parametrize(("starter", "step"), [("majuqiao", "enter_township"), ("hrss", "enter_hrss")])
def test_whoever_starts_it_fills_it_in(process, starter, step):
    way = begun(process, starter)
    assert way.open == {step}
    way.act(step)
    entry = published(way)
    assert (entry["kind"], entry["period"]) == (process, "TZ-XX-2026-0001")


@pytest.mark.parametrize("process", PROCEDURES)
def test_what_is_entered_is_what_the_directory_shows_and_no_more(process):
    way = begun(process)
    way.act("enter_township")
    entry = published(way)
    spec = tongzhou().records[process]
    assert spec.public is (process != "broker_guidance")
    assert {shown.key for shown in spec.shows} == entry.keys() - {"kind", "period", "valid_until"}


def test_a_post_lapses_on_its_last_day_and_names_the_department_that_found_it():
    job = FACTS["job_posting"]["record_job"]
    told = job | {"source": "行业主管部门采集", "department": "演示行业主管部门"}
    way = begun("job_posting", record_job=told)
    way.act("enter_township")
    entry = published(way)
    assert entry["valid_until"] == date(2026, 12, 31)
    assert (entry["source"], entry["pay"]) == ("演示行业主管部门", "22.5元/小时")


def test_a_training_lapses_when_it_ends():
    way = begun("training")
    way.act("enter_township")
    assert published(way)["valid_until"] == date(2026, 12, 3)


@pytest.mark.parametrize("process", PROCEDURES)
@pytest.mark.parametrize(("starter", "step"), [("majuqiao", "enter_township"), ("hrss", "enter_hrss")])
@pytest.mark.parametrize("answer", ["return", None])
def test_what_is_not_clearly_agreed_to_goes_back_to_whom_it_came_from(process, starter, step, answer):
    way = begun(process, starter)
    way.act(step)
    way.act("check_entry", result=answer)
    assert way.open == {step}
    assert way.entered() == []


@pytest.mark.parametrize("process", PROCEDURES)
def test_what_is_refused_is_never_published(process):
    way = begun(process)
    way.act("enter_township")
    way.act("check_entry", result="refuse")
    assert way.run.finished
    assert way.entered() == []
    assert way.effects[-1] == ("archive_case", {"outcome": "refused", "label": "不予发布"})


def test_a_typical_case_is_made_known_only_by_the_deputy_director():
    way = begun("good_practice")
    way.act("enter_township")
    way.act("check_entry", result="publish")
    assert way.open == {"approve"}
    assert way.entered() == []
    way.act("approve", **{"pass": False})
    assert way.open == {"check_entry"}
