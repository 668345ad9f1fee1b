"""Checks the processes of a pack: the engine's own checks, and every name that leads out of them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from webapp import engine, feel
from webapp.packs.checks.findings import Finding, adopt
from webapp.packs.checks.limits import process_limits, step_limits
from webapp.packs.checks.previews import preview
from webapp.packs.checks.rules import decision_names
from webapp.packs.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from webapp.packs.checks.facts import FactPaths
    from webapp.packs.checks.steps import StepText
    from webapp.packs.specs import Pack

READERS = {"", "internal"}
ROUND_NAMES = frozenset({"market", "settings", "year"})
"""What the rule sees that leaves a market out of a round of the year."""
_CONSTANT = re.compile(r'"([a-z][a-z0-9_]*)"')


def check(pack: Pack, paths: FactPaths, steps: Mapping[str, Sequence[StepText]]) -> Iterator[Finding]:
    """Yield what is wrong in the processes of a pack; `steps` are those of each file."""
    references = _references(pack, paths, steps)
    for file, source in pack.flows.items():
        for finding in engine.lint(source, references):
            yield adopt(file, finding)
        for step in steps[file]:
            for rule in (_position, step_limits, _presumed, _editable, _readers, _document, preview, _basis):
                yield from rule(pack, paths, file, step)
            for text in step.expressions:
                yield from paths.check(pack, file, step.label, text, step.id)
    yield from _processes(pack, paths, steps)
    yield from _unused_forms(pack, steps)


def _references(pack: Pack, paths: FactPaths, steps: Mapping[str, Sequence[StepText]]) -> engine.References:
    fields: dict[str, set[str]] = defaultdict(set)
    for key in pack.forms:
        fields[key] |= paths.fields(key)
    for step in (step for found in steps.values() for step in found):
        # What the system submits for one who is late may carry a mark that no person can enter.
        if step.form in fields:
            fields[step.form] |= step.presumed.keys()
    return engine.References(
        operators=OPERATORS,
        forms=fields,
        templates=pack.template_names | frozenset(pack.documents),
        clauses=frozenset(pack.clauses),
        positions=frozenset(position.key for position in pack.positions),
        decisions=decision_names(pack),
        agencies=pack.acting,
        processes=frozenset(step.process for found in steps.values() for step in found),
    )


def _position(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    """The position must exist in the agency of the lane; any agency that can apply must have it."""
    del paths
    position = step.properties.get("position")
    if step.kind != "userTask" or not position or not step.agency:
        return
    wanted = pack.agencies_of(step.agency)
    missing = [key for key in wanted if key not in pack.holders(position, step.agency)]
    if missing:
        names = "、".join(pack.agencies[key].short for key in missing[:3])
        yield _at(
            file,
            step,
            f"{names}没有岗位“{position}”。",
            "请在基本信息的“岗位”中给该单位加上岗位，或换一个岗位。",
        )


def _presumed(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    del pack
    results = {key.strip() for key in step.properties.get("result", "").split(",")}
    for key in step.presumed.keys() - results:
        if not paths.has(step.form, key):
            yield _at(file, step, f"逾期视为提交的“{key}”不是表单字段。", "请改成表单中的字段，或列入结果。")


def _editable(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    del pack
    source = step.properties.get("editable")
    if source:
        form, _, path = source.partition(".")
        if not path or not paths.has(form, path):
            yield _at(
                file,
                step,
                f"补正内容的来源“{source}”不存在。",
                "请写“表单.重复表”，如 acceptance.corrections。",
            )


def _readers(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    """What is not for everybody says so in the one word that pages know, or everybody would read it."""
    del pack, paths
    readers = step.properties.get("readers", "")
    if readers not in READERS:
        yield _at(
            file,
            step,
            f"查看范围“{readers}”不存在。",
            "请在“查看范围”（readers）中选择“只有办理、决定和收文单位”，或不选，让参与本件的单位都能查看。",
        )


def _document(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    """Each template that a service can come to must exist and be listed with its number series."""
    del paths
    template = step.parameters.get("template", "")
    for name in _CONSTANT.findall(template):
        if name not in pack.template_names and name not in pack.documents:
            yield _at(
                file,
                step,
                f"没有公文模板“{name}”。",
                "请在“公文”中新建这个模板，或改正名称。",
            )
        if name not in pack.documents:
            yield _at(
                file, step, f"公文“{name}”没有列入基本信息。", "请在基本信息的“公文”中写明标题、序列和依据。"
            )


def _basis(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    """Automatic steps act on people too: they say what they rest on, as human steps do."""
    del pack, paths
    if step.kind in {"serviceTask", "businessRuleTask"} and not step.properties.get("basis", "").strip():
        yield _at(file, step, "没有写依据。", "请写条款号（如 TZ-3.1），或“本地缺省：理由”。")


def _processes(pack: Pack, paths: FactPaths, steps: Mapping[str, Sequence[StepText]]) -> Iterator[Finding]:
    for process in pack.processes.values():
        found = [step for step in steps.get(process.file, []) if step.process == process.process_id]
        if not found:
            yield Finding(
                process.file,
                process.key,
                f"文件中没有流程“{process.process_id}”。",
                "请改正文件，或“文件中的流程编号”（process_id）。",
            )
            continue
        properties = found[0].process_properties
        yield from _titled_by(paths, process.file, properties.get("titled_by", ""))
        yield from _starters(pack, process.file, properties.get("starters", ""))
        yield from _excludes(pack, process.file, properties.get("excludes", ""))
        yield from _yearly(pack, process.file, properties)
        yield from process_limits(pack, process.file, properties)


def _titled_by(paths: FactPaths, file: str, titled_by: str) -> Iterator[Finding]:
    form, _, path = titled_by.partition(".")
    if titled_by and not (path and paths.has(form, path)):
        yield Finding(
            file,
            "流程",
            f"标题取自的字段“{titled_by}”不存在。",
            "请在“标题取自”（titled_by）中选择，写成“表单.字段”，如 construction_filing.project_name。",
        )


def _starters(pack: Pack, file: str, starters: str) -> Iterator[Finding]:
    named = [entry.strip() for entry in starters.split(",") if entry.strip()]
    if not named:
        yield Finding(file, "流程", "没有写明由谁发起。", "请在“由谁发起”（starters）中选择岗位。")
    for entry in named:
        agency, _, position = entry.partition(".")
        if not pack.holders(position, agency):
            yield Finding(
                file, "流程", f"发起岗位“{entry}”不存在。", "请在“由谁发起”（starters）中选择已有的岗位。"
            )


def _excludes(pack: Pack, file: str, excludes: str) -> Iterator[Finding]:
    for key in (entry.strip() for entry in excludes.split(",") if entry.strip()):
        if key not in pack.processes:
            yield Finding(
                file,
                "流程",
                f"互相排斥的流程“{key}”不存在。",
                "请在属性 excludes 中写基本信息“事项”中的代号。",
            )


def _yearly(pack: Pack, file: str, properties: Mapping[str, str]) -> Iterator[Finding]:
    """A procedure that opens by itself names the setting of its day, and leaves out by a FEEL rule."""
    setting = properties.get("opens_on")
    if setting is not None and setting not in pack.settings:
        yield Finding(
            file,
            "流程",
            f"自动发起日期的参数“{setting}”不存在。",
            "请在属性 opens_on 中写基本信息“设置”中的代号。",
        )
    try:
        rule = feel.parse(properties.get("left_out", "null"), ROUND_NAMES)
        unknown = sorted(set(rule.names) - ROUND_NAMES)
        wrong = f"用到了不认识的名称“{unknown[0]}”。" if unknown else ""
    except feel.FeelError as error:
        wrong = str(error)
    if wrong:
        yield Finding(
            file,
            "流程",
            f"自动发起时不发起的条件有误：{wrong}",
            "请在属性 left_out 中写 FEEL，可用 market、settings、year；结果为不发起的理由，或 null。",
        )


def _unused_forms(pack: Pack, steps: Mapping[str, Sequence[StepText]]) -> Iterator[Finding]:
    used = {step.form for found in steps.values() for step in found}
    # What people outside answer is named by the step that invites them.
    for step in (step for found in steps.values() for step in found if step.operator == "make_invitations"):
        used |= set(_CONSTANT.findall(step.parameters.get("groups", "")))
    for key in pack.forms.keys() - used:
        yield Finding(f"{key}.json", key, "没有步骤使用这个表单。", "请在步骤中使用，或删去。", "warning")


def _at(file: str, step: StepText, reason: str, mend: str) -> Finding:
    return Finding(file, step.label, reason, mend, element_id=step.id)
