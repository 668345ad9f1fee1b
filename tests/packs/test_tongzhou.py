"""The Tongzhou pack says what the policy says, and holds together."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.packs.opened import ROOT, tongzhou
from webapp import packs
from webapp.packs.sources import parse_xml

# Clause ids that the requirements name for this document.
CLAUSES = {
    *("TZ-1.2", "TZ-1.3", "TZ-2.1", "TZ-2.2", "TZ-2.3", "TZ-3.1", "TZ-3.2", "TZ-3.3", "TZ-3.4"),
    *("TZ-4.1", "TZ-4.2", "TZ-4.3", "TZ-4.4", "TZ-4.5", "TZ-5.1", "TZ-5.2", "TZ-6"),
    *("TZ-7.1", "TZ-7.2", "TZ-7.3", "TZ-7.4", "TZ-A"),
}
SUBDISTRICTS = ["中仓", "新华", "北苑", "玉桥", "潞源", "通运", "文景", "九棵树", "临河里", "杨庄", "潞邑"]
TOWNS = ["宋庄", "张家湾", "漷县", "马驹桥", "西集", "台湖", "永乐店", "潞城", "永顺", "梨园"]


def test_nothing_is_to_be_mended():
    assert packs.check(tongzhou()) == []


def test_catalogue_holds_every_clause():
    assert set(tongzhou().clauses) == CLAUSES


@pytest.mark.parametrize("clause", sorted(CLAUSES))
def test_clause_begins_where_it_says_in_the_published_text(clause):
    entry = tongzhou().clauses[clause]
    lines = tongzhou().source_text.splitlines()
    squeeze = re.compile(r"\s+")
    published = squeeze.sub("", "".join(lines[entry.line - 1 :]))
    assert published.startswith(squeeze.sub("", entry.text))


def test_agencies_are_those_that_issued_the_text_and_all_22_that_can_apply():
    agencies = {key: spec for key, spec in tongzhou().agencies.items() if key in tongzhou().acting}
    published = re.sub(r"\s+", "", tongzhou().source_text)
    issuing = [spec for spec in agencies.values() if spec.kind != "属地"]
    assert len(issuing) == 6
    for spec in issuing:
        assert spec.name in published
        assert spec.short in published
    local = {spec.short for spec in agencies.values() if spec.kind == "属地"}
    assert local == {f"{n}街道" for n in SUBDISTRICTS} | {f"{n}镇" for n in TOWNS} | {"于家务回族乡"}
    assert len(local) == 22


def test_not_every_agency_is_a_government_organ():
    kinds = {key: tongzhou().agencies[key].kind for key in ("hrss", "union", "cac")}
    assert kinds == {"hrss": "机关", "union": "群团", "cac": "党委"}


def test_agencies_stand_where_they_belong():
    agencies = tongzhou().agencies
    above = {key: spec.parent for key, spec in agencies.items()}
    assert {key for key, parent in above.items() if parent is None} == {
        *("district", "party_committee", "municipal_police")
    }
    assert (above["hrss"], above["finance"]) == ("district", "district")
    assert (above["cac"], above["union"]) == ("party_committee", "party_committee")
    assert (above["police"], above["traffic"]) == ("municipal_police", "municipal_traffic")
    assert {above[key] for key, spec in agencies.items() if spec.kind == "属地"} == {"district"}
    assert all(spec.parent_basis.is_local for spec in agencies.values() if spec.parent)


def test_agencies_that_only_stand_above_others_take_part_in_nothing():
    pack = tongzhou()
    idle = set(pack.agencies) - pack.acting
    assert idle == {"district", "party_committee", "municipal_police", "municipal_traffic"}
    assert not idle & set(pack.agencies_of(packs.APPLICANT))
    named = {*pack.flows.values(), *pack.rules.values()}
    assert not [key for key in idle for text in named if f'"{key}"'.encode() in text]


def test_every_body_that_can_apply_has_the_three_positions_of_its_side():
    for position in ("clerk", "reviewer", "leader"):
        assert len(tongzhou().holders(position, packs.APPLICANT)) == 22
    assert tongzhou().holders("section_chief", packs.APPLICANT) == ()
    assert tongzhou().holders("section_chief", "hrss") == ("hrss",)
    assert tongzhou().holders("clerk", "finance") == ("finance",)


def test_what_the_text_leaves_open_is_never_shown_as_policy():
    pack = tongzhou()
    assert all(setting.basis.is_local for setting in pack.settings.values())
    # The model of the application report is printed in the annex; every other form of document is ours.
    printed = {document.key for document in pack.documents.values() if not document.basis.is_local}
    assert printed == {"application_report"}


def test_steps_that_the_text_does_not_know_are_local_defaults():
    # 补正, 受理, 征求意见 and 现场核查 do not occur in the text, so no such step may cite a clause.
    root = parse_xml(tongzhou().flows["recognition.bpmn"])
    cited = {}
    for element in root.iter("{*}userTask", "{*}serviceTask", "{*}businessRuleTask"):
        properties = {p.get("name"): p.get("value") for p in element.iter("{*}property")}
        if not properties["basis"].startswith("本地缺省"):
            cited[element.get("id")] = properties["basis"]
    assert cited == {
        "file": "TZ-3.1",
        "issue_report": "TZ-A",
        "recognise": "TZ-3.2",
    }


def test_calendar_knows_the_published_holidays_and_exchanged_days():
    calendar = tongzhou().calendar
    assert not calendar.is_workday(date(2026, 2, 16))  # Monday of the spring festival
    assert calendar.is_workday(date(2026, 2, 14))  # Saturday worked in exchange
    assert calendar.is_workday(date(2026, 9, 20))  # Sunday worked in exchange
    assert not calendar.is_workday(date(2026, 10, 7))
    assert calendar.is_workday(date(2026, 10, 8))


def test_release_can_be_read_back_from_its_texts():
    pack = tongzhou()
    again = packs.read(pack.files)
    assert again.content_hash == pack.content_hash
    assert again.processes["recognition"].sources == pack.processes["recognition"].sources
    assert dict(again.agencies) == dict(pack.agencies)


def test_process_has_its_rules_with_it():
    assert set(tongzhou().processes["recognition"].sources) == {"recognition.bpmn", "recognition.dmn"}


def test_policy_text_is_kept_whole():
    text = (ROOT / "workflows" / "tongzhou" / "policy.txt").read_text(encoding="utf-8")
    assert "通人社就发〔2025〕13号" in text
    assert text.rstrip().endswith("（此件公开发布）")
