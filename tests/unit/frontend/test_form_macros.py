"""Forms on a page: names, notes and errors belong to their fields; nothing typed is lost without scripts."""

from __future__ import annotations

import lxml.html
import pytest

import forms
from tests.unit.frontend.pages import environment

SCHEMA = {
    "type": "default",
    "id": "sample",
    "title": "示例",
    "components": [
        {
            "type": "group",
            "label": "场地",
            "path": "site",
            "components": [
                {
                    "type": "number",
                    "key": "area",
                    "label": "场地面积",
                    "validate": {"required": True},
                    "properties": {"unit": "㎡", "help": "按实测填写。", "basis": "TZ-2.1", "width": "third"},
                },
                {
                    "type": "textfield",
                    "key": "address",
                    "label": "具体地址",
                    "properties": {"format": "address", "basis": "本地缺省：便于核对"},
                },
            ],
        },
        {
            "type": "radio",
            "key": "kind",
            "label": "类别",
            "values": [{"label": "市场", "value": "market"}, {"label": "驿站", "value": "station"}],
        },
        {
            "type": "textarea",
            "key": "reason",
            "label": "新建理由",
            "conditional": {"hide": '=kind != "station"'},
            "validate": {"required": True},
        },
        {
            "type": "dynamiclist",
            "path": "staff",
            "label": "人员",
            "conditional": {"hide": '=kind = "station"'},
            "components": [
                {"type": "textfield", "key": "name", "label": "姓名", "validate": {"required": True}},
                {"type": "checkbox", "key": "full_time", "label": "专职"},
            ],
        },
        {
            "type": "filepicker",
            "key": "photos",
            "label": "照片",
            "multiple": True,
            "properties": {"accept": "jpg,png", "max_mb": "5"},
        },
        {"type": "expression", "key": "double", "label": "合计", "expression": "=site.area * 2"},
    ],
}
PHOTO = {
    "name": "门口.jpg",
    "size": 900,
    "size_text": "1 KB",
    "type_tag": "JPG",
    "url": "/attachments/p1",
    "sha256": "ab" * 32,
}
VALUES = {
    "site": {"area": "5260", "address": {"text": "兴华街 1 号", "lng": "116.5", "lat": "39.7"}},
    "kind": "market",
    "staff": [{"name": "演示甲", "full_time": True}],
    "photos": ["p1"],
}


def draw(form: forms.BoundForm, marks: list[dict[str, str]] | None = None) -> lxml.html.HtmlElement:
    page = environment().from_string(
        '{% import "macros/forms.html" as fields %}<form>{{ fields.error_summary(form) }}'
        "{{ fields.corrections(marks) }}{{ fields.all(form, ctx) }}</form>"
    )
    ctx = {"marks": marks or [], "upload_url": "/attachments", "case_no": "1"}
    return lxml.html.fromstring(page.render(form=form, marks=marks or [], ctx=ctx))


def bound(values: dict | None = VALUES, **more: object) -> forms.BoundForm:
    return forms.bind(forms.read(SCHEMA), data=values, scope={"attachments": {"p1": PHOTO}}, **more)


@pytest.fixture
def page() -> lxml.html.HtmlElement:
    return draw(bound())


def visible(page: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """Controls that a person meets: not the hidden ones, nor the templates of rows to come."""
    return page.xpath(
        "//*[self::input or self::select or self::textarea]"
        "[not(ancestor::template or ancestor::noscript or ancestor::*[@hidden])]"
    )


def test_what_was_entered_stands_in_the_fields(page) -> None:
    value_of = {item.get("name"): item.get("value") for item in visible(page)}

    assert value_of["site-area"] == "5260"
    assert value_of["site-address-text"] == "兴华街 1 号"
    assert value_of["site-address-lng"] == "116.5"
    assert value_of["staff-0-name"] == "演示甲"
    assert page.xpath("//input[@name='kind'][@checked]/@value") == ["market"]
    assert page.xpath("//input[@name='staff-0-full_time'][@checked]")


def test_every_control_has_a_name_for_screen_readers(page) -> None:
    ids = set(page.xpath("//@id"))
    for control in visible(page):
        if control.get("type") == "hidden" or control.get("aria-hidden") == "true":
            continue
        labelled = (
            control.get("aria-label")
            or set((control.get("aria-labelledby") or "-").split()) <= ids
            or page.xpath(f"//label[@for='{control.get('id')}']")
            or control.xpath("ancestor::label")
        )
        assert labelled, lxml.html.tostring(control)


def test_a_label_says_the_name_and_nothing_else(page) -> None:
    [label] = page.xpath("//label[@for='f-site-area']")

    assert label.text == "场地面积"
    assert "TZ-2.1" not in label.text_content()


def test_notes_describe_their_field(page) -> None:
    [area] = page.xpath("//input[@name='site-area']")
    notes = [page.get_element_by_id(key).text_content() for key in area.get("aria-describedby").split()]

    assert any("按实测填写。" in note for note in notes)
    assert any("TZ-2.1" in note for note in notes)


def test_ids_are_unique(page) -> None:
    ids = page.xpath("//*[not(ancestor-or-self::template)]/@id")

    assert len(ids) == len(set(ids))


def test_a_hidden_field_keeps_what_was_typed() -> None:
    page = draw(bound({**VALUES, "reason": "原址不足"}))

    assert page.get_element_by_id("field-reason").get("hidden") is not None
    assert page.xpath("//textarea[@name='reason']")[0].text == "原址不足"


def test_a_condition_that_holds_shows_the_field() -> None:
    page = draw(bound({**VALUES, "kind": "station"}))

    assert page.get_element_by_id("field-reason").get("hidden") is None


def test_rows_of_a_hidden_list_appear_with_the_list() -> None:
    """The page only un-hides the list: an empty row may come back from the server under another number."""
    page = draw(bound({**VALUES, "kind": "station", "staff": []}))
    staff = page.get_element_by_id("field-staff")

    assert staff.get("hidden") is not None
    assert not staff.xpath(".//*[@hidden]")


def test_only_fields_that_others_depend_on_ask_the_server(page) -> None:
    assert set(page.xpath("//*[@data-trigger]/@name")) == {"kind", "site-area"}


def test_a_computed_value_is_shown_and_cannot_be_entered(page) -> None:
    assert "10520" in page.get_element_by_id("field-double").text_content()
    assert not page.xpath("//input[@name='double']")


def test_a_kept_file_is_a_ticked_box_so_that_it_survives_without_scripts(page) -> None:
    [box] = page.xpath("//input[@name='photos']")

    assert box.get("type") == "checkbox"
    assert (box.get("value"), box.get("checked")) == ("p1", "checked")
    assert page.xpath("//a[@href='/attachments/p1']")[0].text == "门口.jpg"


def test_files_can_be_sent_with_the_form_without_scripts(page) -> None:
    [chooser] = page.xpath("//input[@type='file']")

    assert chooser.get("name") == "photos.file"
    assert chooser.get("accept") == ".jpg,.png"


def test_a_page_without_scripts_has_one_more_row_to_write_into(page) -> None:
    names = page.xpath("//noscript//input/@name")

    assert "staff-1-name" in names
    assert page.xpath("//template[@data-repeat-template]//input/@name")[0] == "staff-__index__-name"


def test_errors_stand_at_their_fields_and_in_the_summary() -> None:
    form = bound({**VALUES, "site": {}, "staff": [{"full_time": True}]})
    assert not form.validate()
    page = draw(form)
    links = page.xpath("//div[@data-error-summary]//a")

    assert {link.get("href") for link in links} == {"#f-site-area", "#f-staff-0-name"}
    for link, path in zip(links, ("site.area", "staff.0.name"), strict=True):
        control = page.get_element_by_id(link.get("href")[1:])
        note = next(key for key in control.get("aria-describedby").split() if key.startswith("e-"))
        assert control.get("aria-invalid") == "true"
        assert page.get_element_by_id(note).text_content().strip() == f"错误：{form.errors[path][0]}"
    assert "人员第 1 行：" in links[1].text_content()


def test_an_error_of_no_field_is_in_the_summary_too() -> None:
    form = bound()
    form.add_errors({"declaration": ["请先声明无须回避。"]})

    assert "请先声明无须回避。" in draw(form).xpath("//div[@data-error-summary]")[0].text_content()


def test_a_form_without_errors_has_no_summary(page) -> None:
    assert not page.xpath("//*[@data-error-summary]")


def test_a_correction_opens_only_the_fields_that_were_marked() -> None:
    marks = [{"path": "site.area", "label": "场地面积", "what": "与图纸不符", "how": "按实测"}]
    page = draw(bound(editable=["site.area"]), marks)

    assert [item.get("name") for item in visible(page)] == ["site-area"]
    assert "与图纸不符" in page.get_element_by_id("field-site-area").text_content()
    assert page.xpath("//div[contains(@class, 'corrections')]//a/@href") == ["#field-site-area"]
    assert "市场" in page.get_element_by_id("field-kind").text_content()
    assert "演示甲" in page.get_element_by_id("field-staff").text_content()


def test_text_from_people_is_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    page = draw(bound({**VALUES, "staff": [{"name": evil}], "kind": "station", "reason": evil}))

    assert not page.xpath("//script")
    assert page.xpath("//textarea[@name='reason']")[0].text == evil
