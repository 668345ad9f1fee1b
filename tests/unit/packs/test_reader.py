"""Reading a pack: what it holds, and what is said when it cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.packs.processes import BPMN
from webapp import packs
from webapp.core.clauses import Basis
from webapp.packs import PackError

MANIFEST = """
agencies = [
  { key = "bureau", name = "某区人力社保局", short = "区人力社保局", kind = "机关", document_code = "某人社" },
  { key = "east", name = "某区东街道办事处", short = "东街道", kind = "属地", document_code = "东办" },
  { key = "west", name = "某区西街道办事处", short = "西街道", kind = "属地", document_code = "西办", seal_diameter_mm = 40 },
]

[pack]
key = "small"
name = "小包"
version = "1"
effective_from = 2026-01-01
effective_basis = "本地缺省：试用"
source = "某文〔2026〕1号"
source_title = "关于某事的通知"
source_text = "policy.txt"

[jurisdiction]
key = "small"
name = "某区"
short = "某区"
division_code = "000000"
case_prefix = "SM"

[agency_defaults]
seal_diameter_mm = 42
basis = "本地缺省：以印章管理规定为准"

[[positions]]
key = "clerk"
name = "经办"
agency = ["属地", "bureau"]
rights = ["task.act"]

[[processes]]
key = "main"
file = "main.bpmn"
title = "主流程"

[[documents]]
key = "notice"
template = "notice"
title = "通知"
series = "函"
basis = "XX-1"

[settings.strict]
label = "是否从严"
value = false
choices = [{ value = false, label = "否" }, { value = true, label = "是" }]
basis = "本地缺省：先松后紧"

[settings.days]
label = "天数"
value = 5
basis = "本地缺省：惯例"

[calendar]
name = "试用日历"
version = "1"
holidays = [2026-01-01]
workdays = [2026-01-04]
"""
DEFAULT = 'basis = "本地缺省：以印章管理规定为准"\n'
CLAUSES = """
[[clause]]
id = "XX-1"
title = "第一条"
text = "为了某事。"
source = "某文〔2026〕1号"
line = 1
"""


def flow(process: str, *, calls: str = "", decision: str = "") -> str:
    call = f'<callActivity id="call" calledElement="{calls}"/>' if calls else ""
    rule = (
        '<businessRuleTask id="rule"><extensionElements><s:properties>'
        f'<s:property name="decision" value="{decision}"/></s:properties></extensionElements></businessRuleTask>'
        if decision
        else ""
    )
    return (
        f'<definitions xmlns="{BPMN}" xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">'
        f'<process id="{process}">{call}{rule}</process></definitions>'
    )


def small(**changes: str | None) -> dict[str, str]:
    """Files of a small pack; ``main__bpmn="…"`` replaces one, ``None`` takes it away."""
    files = {
        "workflows/small/pack.toml": MANIFEST,
        "workflows/small/clauses.toml": CLAUSES,
        "workflows/small/policy.txt": "第一条 为了某事。",
        "workflows/small/main.bpmn": flow("main"),
    }
    for name, text in changes.items():
        path = f"workflows/small/{name.replace('__', '.')}"
        if text is None:
            del files[path]
        else:
            files[path] = text
    return files


def said(**changes: str | None) -> str:
    with pytest.raises(PackError) as caught:
        packs.read(small(**changes))
    return caught.value.message


def edited(old: str, new: str) -> str:
    assert old in MANIFEST
    return MANIFEST.replace(old, new, 1)


def test_whole_pack():
    pack = packs.read(small())
    assert (pack.key, pack.version, pack.effective_from) == ("small", "1", date(2026, 1, 1))
    assert (pack.jurisdiction_short, pack.case_prefix) == ("某区", "SM")
    assert [spec.seal_diameter_mm for spec in pack.agencies.values()] == [42, 42, 40]
    assert pack.documents["notice"].basis == Basis(clause="XX-1")
    assert pack.settings["strict"].choices == ((False, "否"), (True, "是"))
    assert pack.calendar.is_workday(date(2026, 1, 4))
    assert pack.clauses["XX-1"].text == "为了某事。"


def test_position_of_a_kind_is_held_in_every_agency_of_that_kind():
    pack = packs.read(small())
    assert pack.positions[0].agencies == ("east", "west", "bureau")
    assert pack.holders("clerk", packs.APPLICANT) == ("east", "west")
    assert pack.holders("clerk", "bureau") == ("bureau",)
    assert pack.holders("clerk", "nobody") == ()
    assert pack.holders("chief", "bureau") == ()


def test_agencies_stand_in_a_tree_that_says_what_it_rests_on():
    text = edited('key = "east", ', 'key = "east", parent = "county", ').replace(
        "agencies = [", 'agencies = [\n  { key = "county", name = "某区", short = "某区", kind = "机关" },'
    )
    pack = packs.read(small(pack__toml=text.replace(DEFAULT, f'{DEFAULT}parent_basis = "本地缺省：常识"\n')))
    assert pack.agencies["east"].parent == "county"
    assert pack.agencies["east"].parent_basis == Basis(note="常识")
    assert (pack.agencies["county"].parent_basis, pack.agencies["county"].document_code) == (None, None)
    assert pack.acting == {"bureau", "east", "west"}
    assert "parent_basis" in said(pack__toml=text)


def test_agencies_that_stand_above_each_other_are_refused():
    text = edited('key = "east", ', 'key = "east", parent = "west", ').replace(
        'key = "west", ', 'key = "west", parent = "bureau", '
    )
    text = text.replace('key = "bureau", ', 'key = "bureau", parent = "east", ').replace(
        DEFAULT, f'{DEFAULT}parent_basis = "本地缺省：常识"\n'
    )
    assert "bureau、east、west、bureau" in said(pack__toml=text)


def test_same_content_has_the_same_hash_whatever_the_order():
    files = small()
    turned = dict(reversed(files.items()))
    assert packs.read(files).content_hash == packs.read(turned).content_hash


def test_moving_text_from_one_file_to_the_next_changes_the_hash():
    one = packs.read(small(a__txt="ab", b__txt="c"))
    other = packs.read(small(a__txt="a", b__txt="bc"))
    assert one.content_hash != other.content_hash


def test_process_takes_with_it_what_it_calls_and_decides():
    files = small(
        main__bpmn=flow("main", calls="part", decision="rules.dmn#fit"),
        part__bpmn=flow("part", calls="shared"),
        other__bpmn=flow("other"),
        rules__dmn="<definitions/>",
    )
    files["workflows/common/shared.bpmn"] = flow("shared", calls="main")
    sources = packs.read(files).processes["main"].sources
    assert set(sources) == {"main.bpmn", "part.bpmn", "rules.dmn", "shared.bpmn"}


def test_process_takes_with_it_what_its_tables_import():
    model = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="n" namespace="urn:{0}">{1}</definitions>'
    wanted = '<import name="b" namespace="urn:b" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    files = small(main__bpmn=flow("main", decision="a.dmn#x")) | {
        "workflows/small/a.dmn": model.format("a", wanted),
        "workflows/common/b.dmn": model.format("b", ""),
        "workflows/small/c.dmn": model.format("c", ""),
    }
    assert set(packs.read(files).processes["main"].sources) == {"main.bpmn", "a.dmn", "b.dmn"}


def test_own_process_comes_before_the_shared_one_of_that_name():
    files = small(main__bpmn=flow("main", calls="part"), part__bpmn=flow("part"))
    files["workflows/common/shared.bpmn"] = flow("part")
    assert set(packs.read(files).processes["main"].sources) == {"main.bpmn", "part.bpmn"}


def test_draft_that_names_what_is_not_there_can_still_be_read():
    pack = packs.read(small(main__bpmn=flow("main", calls="gone", decision="gone.dmn#x")))
    assert set(pack.processes["main"].sources) == {"main.bpmn"}


def test_load_from_disk_is_the_same_as_reading_the_texts(tmp_path):
    for path, text in small().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (tmp_path / "forms" / "small").mkdir(parents=True)
    (tmp_path / "forms" / "small" / "ask.json").write_text("{}", encoding="utf-8")
    (tmp_path / "workflows" / "small" / "README.md").write_text("notes", encoding="utf-8")
    pack = packs.load(
        tmp_path / "workflows" / "small",
        forms_root=tmp_path / "forms",
        templates_root=tmp_path / "docs_templates",
    )
    assert set(pack.forms) == {"ask"}
    assert pack.templates == {}
    assert packs.read(pack.files).content_hash == pack.content_hash


def test_folder_that_is_not_there(tmp_path):
    with pytest.raises(PackError, match="没有名为“nowhere”"):
        packs.load(tmp_path / "nowhere", forms_root=tmp_path, templates_root=tmp_path)


def test_file_that_is_no_text(tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "pack.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PackError, match="UTF-8"):
        packs.load(tmp_path / "small", forms_root=tmp_path, templates_root=tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "small"\nname = "小包"', 'key = "large"\nname = "小包"', "文件夹名"),
        ('version = "1"\neffective', "version = 1\neffective", "version"),
        ("effective_from = 2026-01-01", 'effective_from = "今天"', "日期"),
        ('kind = "机关"', 'kind = "公司"', "kind"),
        ('key = "west"', 'key = "east"', "重复"),
        (
            'document_code = "某人社"',
            'document_code = "某人社", parent = "county", parent_basis = "本地缺省：常识"',
            "county",
        ),
        (
            'document_code = "某人社"',
            'document_code = "某人社", parent = "bureau", parent_basis = "本地缺省：常识"',
            "bureau、bureau",
        ),
        ('agency = ["属地", "bureau"]', 'agency = ["群团"]', "群团"),
        ('agency = ["属地", "bureau"]', "agency = 3", "agency"),
        ('file = "main.bpmn"', 'file = "gone.bpmn"', "gone.bpmn"),
        ('basis = "XX-1"', 'basis = "据说"', "据说"),
        ('basis = "XX-1"', "", "basis"),
        ("value = false\nchoices", 'value = "also"\nchoices', "可选值"),
        ("value = 5", "value = 5.5", "value"),
        ("workdays = [2026-01-04]", "workdays = [2026-01-01]", "2026-01-01"),
        ("holidays = [2026-01-01]", "holidays = 2026-01-01", "列表"),
        ('source_text = "policy.txt"', 'source_text = "gone.txt"', "gone.txt"),
        ("seal_diameter_mm = 42", 'seal_diameter_mm = "大"', "整数"),
        ("[calendar]", "[calendar", "TOML"),
    ],
)
def test_slip_is_named_with_its_place(old, new, words):
    message = said(pack__toml=edited(old, new))
    assert words in message
    assert "pack.toml" in message or "pack" in message or "calendar" in message


def test_choice_one_is_not_the_choice_true():
    text = edited(
        '[{ value = false, label = "否" }, { value = true, label = "是" }]', '[{ value = 0, label = "否" }]'
    )
    assert "可选值" in said(pack__toml=text)


@pytest.mark.parametrize("name", ["pack__toml", "clauses__toml", "policy__txt"])
def test_missing_file_is_named(name):
    assert name.replace("__", ".") in said(**{name: None})


def test_clause_twice():
    assert "XX-1" in said(clauses__toml=CLAUSES + CLAUSES)


def test_clause_id_that_cannot_be_cited():
    assert "第一条" in said(clauses__toml=CLAUSES.replace("XX-1", "第一条"))


def test_process_text_with_entities_is_not_expanded():
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa">]><definitions>&a;</definitions>'
    assert set(packs.read(small(main__bpmn=bomb)).processes["main"].sources) == {"main.bpmn"}


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("forms/small/a.json", '{"id": "\ud800"}', "forms/small/a.json：文件中有不能写成 UTF-8 的字符"),
        ("forms/small/a.json", "a\0b", "空字符"),
        ("forms/small/a.json", "x" * 1_000_001, "不超过 1 MB"),
        ("workflows/small/clauses.toml", "a = " + "[" * 5_000 + "]" * 5_000, "clauses.toml 嵌套过深"),
        ("workflows/small/clauses.toml", "a = " + "9" * 5_000, "clauses.toml 不是正确的 TOML"),
    ],
)
def test_what_is_too_large_or_no_text_is_named_with_its_file(path, text, words):
    with pytest.raises(PackError) as caught:
        packs.read({**small(), path: text})
    assert words in caught.value.message


def test_too_many_files_are_refused():
    many = {f"forms/small/f{number}.json": "{}" for number in range(1_001)}
    with pytest.raises(PackError, match="最多 1000 个"):
        packs.read({**small(), **many})
