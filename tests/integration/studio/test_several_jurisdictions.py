"""Two jurisdictions on one installation: public pages show the one that was asked for, and nothing of another."""

from __future__ import annotations

from datetime import date

import pytest

from tests.application import PASSWORD
from tests.integration.studio import desk
from webapp import packs
from webapp.core.errors import Invalid
from webapp.models.account import Agency, Jurisdiction, Position
from webapp.models.market import Market
from webapp.packs import skeleton
from webapp.services import accounts, installation
from webapp.services.draft_openings import ROOT
from webapp.uow import read_only, unit_of_work

KAIFENG = skeleton.NewJurisdiction(
    key="kaifeng",
    name="河南省开封市",
    short="开封市",
    division_code="410200",
    case_prefix="KF",
    bureau="开封市人力资源和社会保障局",
    document_code="汴人社",
    townships=("龙亭区人社局 开封市龙亭区人力资源和社会保障局",),
    source="汴人社规〔2025〕1号",
    source_title="开封市关于加强零工市场服务体系建设实施方案",
    effective_from=date(2025, 3, 1),
    policy_text="",
)
OWN, OTHER = "开封市龙亭区零工市场", "通州区"


@pytest.fixture
def kaifeng(app):
    """A second jurisdiction with one listed market and one clerk."""
    root = ROOT / "workflows" / skeleton.KEY
    shipped = packs.load(root, forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates")
    pack = packs.read(skeleton.build(shipped.files, KAIFENG))
    with unit_of_work() as session:
        here = installation.install(session, pack)
        township = session.query(Agency).filter_by(jurisdiction_id=here.id, key="township1").one()
        session.add(
            Market(
                jurisdiction_id=here.id,
                township=township,
                name=OWN,
                kind="综合性零工市场",
                no="KF-SC-2026-001",
                status="recognised",
                address="龙亭区演示路1号",
            )
        )
        clerk = session.query(Position).filter_by(agency_id=township.id, key="clerk").one()
        person = accounts.create_person(
            session, username="kf-lt", name="赵龙亭", password=PASSWORD, must_change_password=False
        )
        accounts.appoint(session, person, clerk, starts_on=date(2025, 6, 1))
    return pack


@pytest.fixture
def clerk(app, kaifeng):
    """The clerk, signed in."""
    fresh = app.test_client()
    assert fresh.sign_in("kf-lt", PASSWORD).status_code == 302
    return fresh


def test_a_clerk_sees_the_directory_of_their_own_jurisdiction(clerk):
    page = clerk.get("/directory").text
    assert OWN in page
    assert "马驹桥" not in page


def test_a_visitor_chooses_whose_directory_and_stays_there_when_narrowing(app, kaifeng):
    visitor = app.test_client()
    first, second = visitor.get("/directory").text, visitor.get("/directory?at=kaifeng").text
    assert OWN not in first
    assert 'href="/directory?at=kaifeng"' in first
    assert OWN in second
    assert 'name="at" value="kaifeng"' in second
    assert visitor.get("/directory?at=nowhere").status_code == 404


def test_a_market_s_page_is_found_by_its_number_alone(app, kaifeng):
    visitor = app.test_client()
    assert OWN in visitor.get("/directory/KF-SC-2026-001").text
    assert visitor.get("/directory/XX-SC-2026-001").status_code == 404


def test_the_interface_answers_for_the_jurisdiction_that_was_named(app, kaifeng):
    answer = app.test_client().get("/api/v1/directory?at=kaifeng")
    assert [row["name"] for row in answer.json["items"]] == [OWN]


def test_a_clerk_reads_their_own_policy(clerk):
    page = clerk.get("/clauses").text
    assert "汴人社规〔2025〕1号" in page
    assert "TZ-1.2" not in page


def test_another_jurisdiction_s_clause_keeps_its_address(clerk):
    assert clerk.get("/clauses/tongzhou/TZ-3.1").status_code == 200
    assert clerk.get("/clauses/kaifeng/TZ-3.1").status_code == 404


def test_help_is_asked_of_the_market_s_own_jurisdiction(app, kaifeng):
    answer = app.test_client().get("/help/KF-SC-2026-001")
    assert answer.status_code == 404
    assert "本地尚未开通网上求助" in answer.text


@pytest.mark.parametrize("address", ["/admin/people", "/admin/agencies", "/admin/substitutions", "/studio"])
def test_lists_of_one_jurisdiction_s_administrator_hold_nothing_of_another(app, kaifeng, address):
    with unit_of_work() as session:
        rights = session.query(Position).filter_by(key="admin").all()
        here = next(each for each in rights if each.agency.name == KAIFENG.bureau)
        person = accounts.create_person(
            session, username="kf-admin", name="周管理", password=PASSWORD, must_change_password=False
        )
        accounts.appoint(session, person, here, starts_on=date(2025, 6, 1))
    administrator = app.test_client()
    administrator.sign_in("kf-admin", PASSWORD)
    _holds_nothing_of_tongzhou(administrator.get(address))


@pytest.mark.parametrize("address", ["/", "/cases", "/cases?q=TZ-RD", "/inbox", "/done"])
def test_lists_of_one_jurisdiction_s_clerk_hold_nothing_of_another(clerk, address):
    _holds_nothing_of_tongzhou(clerk.get(address))


def _holds_nothing_of_tongzhou(answer):
    assert answer.status_code == 200
    for word in ("通州", "马驹桥", "宋庄", "TZ-LG", "TZ-RD-2"):
        assert word not in answer.text


def test_two_jurisdictions_never_share_the_prefix_of_their_numbers(app, kaifeng, admin, no_scenarios):
    draft = desk.opened(admin)
    desk.change(admin, draft, desk.MANIFEST, 'case_prefix = "TZ"', 'case_prefix = "KF"')
    answer = admin.post(f"{draft}/submit", data={"note": "改了编号前缀"})
    assert answer.status_code == Invalid.status
    assert "已由河南省开封市使用" in answer.text
    with read_only() as session:
        assert session.query(Jurisdiction).count() == 2
