"""Whatever people enter, a document is right or the error names the field; nothing is cut off silently."""

from __future__ import annotations

import copy
import io
import re
from decimal import Decimal

import pytest

from tests.unit.documents.reading import heard, read_pdf
from webapp.documents import DocumentError, RosterColumn, RosterSheet, load_template, render, roster
from webapp.documents.samples import TEMPLATES, sample_facts

NAMES = sorted(path.stem for path in TEMPLATES.glob("*.md") if path.stem != "README")
TRICKY = "演示{{ 7*7 }}：{% raw %}市场| #a [附件1] 甲 --- 版式: 表"
LONG = "通州区演示零工市场" * 22 + "末尾"
assert len(LONG) == 200


def texts(value, path=()):
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))


def changed(facts, path, value):
    facts = copy.deepcopy(facts)
    place = facts
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return facts


def squeezed(text):
    return "".join(text.split())


def cases():
    """Every text of the sample facts that reaches paper."""
    for name in NAMES:
        facts = sample_facts(name)
        used = load_template(TEMPLATES / f"{name}.md").names
        for path in texts(facts):
            dotted = ".".join(map(str, path))
            if path[0] in ("单位", "文") and name not in ("letter", "notice"):
                continue  # the same in every template
            if any(dotted == each or dotted.startswith(f"{each}.") for each in used):
                yield pytest.param(name, path, TRICKY, id=f"{name}-{dotted}-markup")
                if path[-1] in ("名称", "name", "title", "reason", "text") or path[1] == "recipients":
                    yield pytest.param(name, path, LONG, id=f"{name}-{dotted}-long")


def attempt(template, facts):
    try:
        return render(template, facts), None
    except DocumentError as problem:
        return None, problem


@pytest.mark.parametrize(("name", "path", "value"), list(cases()))
def test_a_text_comes_out_whole_or_is_refused_with_its_field(name, path, value):
    template = load_template(TEMPLATES / f"{name}.md")
    before = render(template, sample_facts(name)).text
    made, refusal = attempt(template, changed(sample_facts(name), path, value))
    if made is None:
        assert refusal.field, refusal.message
        return
    if made.text == before:
        return  # a switch, or a part of the facts that this sample does not print
    assert squeezed(value) in squeezed(made.text)
    assert "49" not in made.text or "49" in before
    assert squeezed(value) in heard(made.pdf)


@pytest.mark.parametrize(
    ("value", "told"), [("演示😀市场", "U+1F600"), ("演示\x00市场", "U+0000"), ("演示\ud800市场", "U+D800")]
)
@pytest.mark.parametrize("name", ["letter", "exit_decision", "recognition_certificate"])
def test_what_no_face_can_print_is_refused_with_field_and_character(name, value, told):
    path = {"letter": ("参数", "title")}.get(name, ("市场", "名称"))
    with pytest.raises(DocumentError) as caught:
        render(load_template(TEMPLATES / f"{name}.md"), changed(sample_facts(name), path, value))
    assert caught.value.field == ".".join(path)
    assert told in caught.value.message


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_a_missing_fact_is_named(missing):
    facts = changed(sample_facts("exit_decision"), ("市场", "名称"), missing)
    with pytest.raises(DocumentError) as caught:
        render(load_template(TEMPLATES / "exit_decision.md"), facts)
    assert caught.value.field == "市场.名称"


READ = re.compile(r"参数\.(\w+)")
OPTIONAL = re.compile(r"参数\.(\w+)\s*\|\s*或\(|if 参数\.(\w+)")


def parameters():
    """Every parameter of every general template, and whether it must be given."""
    for name in NAMES:
        text = (TEMPLATES / f"{name}.md").read_text(encoding="utf-8")
        optional = {key for pair in OPTIONAL.findall(text) for key in pair if key}
        for key in dict.fromkeys(READ.findall(text)):
            yield name, key, key not in optional


@pytest.mark.parametrize(("name", "key", "needed"), list(parameters()))
def test_a_parameter_that_is_missing_is_named_or_left_out(name, key, needed):
    facts = sample_facts(name)
    facts["参数"].pop(key, None)
    facts["文书"] = {"rectification_notice": {"字号": "通人社改〔2026〕2号"}}
    _, refusal = attempt(load_template(TEMPLATES / f"{name}.md"), facts)
    assert (refusal is not None) == needed
    if refusal is not None:
        assert refusal.field == f"参数.{key}"
        assert refusal.message == f"缺少数据“参数.{key}”，无法生成公文。"


def test_the_readme_names_the_parameters_of_every_template():
    lines = (TEMPLATES / "README.md").read_text(encoding="utf-8").splitlines()
    told = {line.split("`")[1]: line.rsplit("|", 3)[1:3] for line in lines if line.startswith("| `")}
    assert set(told) == {path.stem for path in TEMPLATES.glob("*.md")} - {"README"}
    for name, key, needed in parameters():
        assert f"`{key}`" in told[name][0 if needed else 1], (name, key)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("参数", "granted"), "五万元", "不是数字"),
        (("参数", "granted"), "100.005", "不是精确到分的金额"),
        (("文", "日期"), "下周一", "不是日期"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(path, value, told):
    name = "subsidy_review" if path[0] == "参数" else "letter"
    with pytest.raises(DocumentError, match=told) as caught:
        render(load_template(TEMPLATES / f"{name}.md"), changed(sample_facts(name), path, value))
    assert caught.value.field == ".".join(path)


SHEET = RosterSheet(
    title="演示花名册",
    columns=(
        RosterColumn("姓名", 2),
        RosterColumn("说明", 6),
        RosterColumn("金额", 2, summed=True, places=2),
    ),
)


def written(rows, sheet=SHEET):
    out = io.BytesIO()
    made = roster(sheet, rows, out)
    return made, read_pdf(out.getvalue())


def test_a_roster_keeps_long_and_tricky_cells_whole():
    _, pages = written([(TRICKY, LONG, Decimal("1.50")), ("张三\n（更名）", "无", "2.25")])
    paper = squeezed("".join(c.text for page in pages for c in page.chars))
    assert squeezed(LONG) in paper
    assert squeezed(TRICKY) in paper
    assert "张三（更名）" in paper
    assert "合计3.75" in paper


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (("张三", "长" * 4000, "1"), "说明"),
        (("张三😀", "无", "1"), "第2行姓名"),
        (("张三", "无", "一百"), "金额"),
        (("张三", "无", "NaN"), "金额"),
        (("张三", "无"), "第2行"),
    ],
)
def test_a_wrong_row_of_a_roster_names_row_and_column(row, field):
    with pytest.raises(DocumentError, match="第2行") as caught:
        written([("李四", "无", "1"), row])
    assert caught.value.field == field
