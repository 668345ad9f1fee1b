"""单位与岗位: the tree of the pack, who holds what in it, and how offices are reached."""

from __future__ import annotations

import pytest
from lxml import html
from sqlalchemy import select

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.models.account import Agency
from webapp.models.event import Event
from webapp.queries.administration import ACTIONS
from webapp.services import demo
from webapp.uow import read_only, unit_of_work

ADDRESS = "/admin/agencies"
CONTACT = {
    "phone": "010-69541234",
    "contact_office": "就业促进科",
    "address": "北京市通州区演示路1号",
    "postcode": "101100",
}


def agency_id(key):
    with read_only() as session:
        return str(filings.agency(session, key).id)


def branch(page, short):
    """The part of the page that is one agency with all below it."""
    (found,) = html.fromstring(page).xpath(f'//li[details/summary/b[text()="{short}"]]')
    return found


def names(elements):
    return [found.text for found in elements]


def recorded():
    with read_only() as session:
        return [
            row.data for row in session.scalars(select(Event).where(Event.kind == "agency.contact_changed"))
        ]


def test_the_page_shows_the_tree_with_positions_and_holders(browse):
    page = browse("admin").get(ADDRESS).text
    top = html.fromstring(page).xpath('//section/ul[@class="tree"]/li/details/summary/b')
    assert names(top) == ["通州区政府", "通州区委", "市公安局"]
    district = branch(page, "通州区政府")
    below = names(district.xpath("./details/ul/li/details/summary/b"))
    assert below[:2] == ["区人力社保局", "区财政局"]
    assert len(below) == 2 + 22
    assert "下属 24 个单位" in district.text_content()
    assert names(branch(page, "市公安局").xpath(".//b")) == [
        *("市公安局", "市公安交管局", "区交通支队", "市公安局通州分局")
    ]
    bureau = branch(page, "区人力社保局")
    held = dict(
        zip(names(bureau.xpath(".//dt")), [e.text_content() for e in bureau.xpath(".//dd")], strict=True)
    )
    assert held["经办"] == "演示周敏、演示吴昊"
    assert (held["局长"], held["法制审核"]) == ("演示石岩", "演示方正")
    assert "审核暂无人员" in "".join(branch(page, "区财政局").text_content().split())
    assert "行政隶属为常识性资料" in bureau.text_content()


def test_agencies_without_a_part_can_be_chosen_nowhere(at, browse):
    at("filed")
    page = browse("admin").get(ADDRESS).text
    assert "只作为上级单位列出" in branch(page, "通州区委").text_content()
    assert not branch(page, "通州区委").xpath("./details/div//form")
    for username, address in (("admin", "/admin/people"), ("renshe", "/cases"), ("majuqiao", "/cases/new")):
        shown = browse(username).get(address).text
        assert not [name for name in ("通州区政府", "通州区委", "市公安交管局") if name in shown]


def test_only_who_manages_people_sees_it(browse):
    assert browse("renshe").get(ADDRESS).status_code == 403
    assert browse("renshe").post(ADDRESS, data={"agency": agency_id("hrss"), **CONTACT}).status_code == 403
    assert f'href="{ADDRESS}"' in browse("admin").get("/admin").text
    assert f'href="{ADDRESS}"' not in browse("renshe").get("/").text


def test_contact_data_are_kept_recorded_and_survive_a_new_installation(browse):
    admin, key = browse("admin"), agency_id("hrss")
    answer = admin.post(ADDRESS, data={"agency": key, **CONTACT})
    assert answer.location == f"{ADDRESS}#agency-{key}"
    assert admin.post(ADDRESS, data={"agency": key, **CONTACT}).status_code == 302
    assert recorded() == [{"agency": "hrss", "changed": ["phone", "contact_office", "address", "postcode"]}]
    assert ACTIONS["agency.contact_changed"] in admin.get("/admin/audit").text
    with unit_of_work() as session:
        demo.seed(session)
    with read_only() as session:
        row = session.scalars(select(Agency).where(Agency.key == "hrss")).one()
        assert {name: getattr(row, name) for name in CONTACT} == CONTACT
    shown = branch(admin.get(ADDRESS).text, "区人力社保局").text_content()
    assert all(text in shown for text in CONTACT.values())
    admin.post(ADDRESS, data={"agency": key, **CONTACT, "phone": " "})
    with read_only() as session:
        assert session.scalars(select(Agency).where(Agency.key == "hrss")).one().phone is None


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("phone", "打总机", "电话号码不对"),
        ("postcode", "1011", "6 位数字"),
        ("contact_office", "科" * 41, "最多 40 个字"),
        ("address", "演示路\u20281号\u202e", "看不见的字符"),
    ],
)
def test_what_cannot_stand_is_said_at_its_field_and_keeps_the_rest(browse, field, typed, said):
    key = agency_id("hrss")
    answer = browse("admin").post(ADDRESS, data={"agency": key, **CONTACT, field: typed})
    assert answer.status_code == 422
    form = branch(answer.text, "区人力社保局").xpath(".//form")[0]
    assert said in form.xpath(f'.//div[input/@name="{field}"]')[0].text_content()
    kept = {entry.name: entry.value for entry in form.xpath(".//input[@id]")}
    assert {name: text for name, text in kept.items() if name != field} == {
        name: text for name, text in CONTACT.items() if name != field
    }
    assert recorded() == []


def test_documents_name_the_contact_of_their_agency(at, browse):
    case_id = at("filed")
    browse("admin").post(ADDRESS, data={"agency": agency_id("hrss"), **CONTACT})
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    desk.review_papers(case_id)
    (notice,) = [row for row in desk.documents(case_id) if row.template_key == "acceptance_notice"]
    assert any("联系电话：010-69541234" in text for _, text in notice.outline)
