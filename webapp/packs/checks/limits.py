"""Checks what processes write about time: periods, warnings, what happens when one has run out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from webapp.core.time_limits import OverdueAct, Period, parse_overdue, parse_period
from webapp.packs.checks.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.packs.checks.facts import FactPaths
    from webapp.packs.checks.steps import StepText
    from webapp.packs.specs import Pack, SettingSpec

_TOKEN_TYPES = (bool, int, str)


class _Place(NamedTuple):
    """Where something is written."""

    pack: Pack
    file: str
    element: str
    element_id: str = ""

    def finding(self, reason: str, mend: str) -> Finding:
        return Finding(self.file, self.element, reason, mend, element_id=self.element_id)


def step_limits(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    """Check `due`, `warn` and `overdue` of a step."""
    del paths
    place, written = _Place(pack, file, step.label, step.id), step.properties
    yield from _limits(place, written.get("due"), written.get("warn"), written.get("overdue"))
    for act in _acts(written.get("overdue")):
        if act.kind == "presume" and "presume" not in written:
            yield place.finding(
                "逾期写了 presume，却没有写视为提交的内容。", "请填写“逾期视为提交”（presume）。"
            )
        if act.kind == "take":
            yield from _taken(place, act, written)


def process_limits(pack: Pack, file: str, properties: Mapping[str, str]) -> Iterator[Finding]:
    """Check `case_due`, `case_warn` and `case_overdue` of a process."""
    place = _Place(pack, file, "流程")
    overdue = properties.get("case_overdue")
    yield from _limits(place, properties.get("case_due"), properties.get("case_warn"), overdue)
    for act in _acts(overdue):
        if act.kind in {"presume", "take"}:
            yield place.finding(
                f"整件办理时限逾期不能写 {act.kind}，它只用于环节。",
                "请在“超过时限”中改为通知有关人员，或列入领导督办。",
            )


def _limits(place: _Place, due: str | None, warn: str | None, overdue: str | None) -> Iterator[Finding]:
    periods = [(name, text) for name, text in (("时限", due), ("提醒", warn)) if text]
    for name, text in periods:
        yield from _period(place, name, text)
    if warn and not due:
        yield place.finding("写了提醒（warn）却没有时限。", "请填写“办理时限”（due），或删去提醒。")
    read = [period for _, text in periods if (period := _read(text))]
    if len({period.unit for period in read}) > 1:
        yield place.finding(f"提醒“{warn}”与时限“{due}”的单位不同。", "请用相同的单位，如都用 workday。")
    if overdue:
        yield from _overdue(place, overdue)


def _period(place: _Place, name: str, text: str) -> Iterator[Finding]:
    try:
        period = parse_period(text)
    except ValueError as error:
        if name != "时限" or not place.element_id:  # the engine's own check tells of a step's time limit
            yield place.finding(f"{name}：{error}", "请改正写法。")
        return
    setting = place.pack.settings.get(period.setting or "")
    if period.setting and (setting is None or type(setting.value) is not int):
        yield place.finding(
            f"时限中的设置“{period.setting}”不存在，或不是整数。",
            "请改成基本信息“设置”中的整数，或直接写数字。",
        )


def _overdue(place: _Place, text: str) -> Iterator[Finding]:
    try:
        acts = parse_overdue(text)
    except ValueError as error:
        yield place.finding(str(error), "请改正“超过时限”（overdue）。")
        return
    for act in acts:
        if act.kind != "setting":
            continue
        setting = place.pack.settings.get(act.setting)
        if setting is None:
            yield place.finding(
                f"逾期处理的设置“{act.setting}”不存在。", "请改成基本信息“设置”中的代号，或补上它。"
            )
        else:
            yield from _choices(place, setting)


def _choices(place: _Place, setting: SettingSpec) -> Iterator[Finding]:
    """Every value that the setting can have must say what happens."""
    for value in [choice for choice, _ in setting.choices] or [setting.value]:
        if any(act.kind == "setting" for act in _acts(str(value))) or not _acts(str(value)):
            yield place.finding(
                f"设置“{setting.key}”的值“{value}”没有说明逾期后怎样处理。",
                "值应为 notify、escalate、presume 或 wait，可用逗号连写。",
            )


def _taken(place: _Place, act: OverdueAct, written: Mapping[str, str]) -> Iterator[Finding]:
    results = {key.strip() for key in written.get("result", "").split(",") if key.strip()}
    for key, value in (act.result or {}).items():
        if key not in results:
            yield place.finding(
                f"逾期采用的结果“{key}”不在本环节的结果中。", "请改成“放进流程的结果”（result）中的名称。"
            )
        if value is not None and not isinstance(value, _TOKEN_TYPES):
            yield place.finding(f"逾期采用的结果“{key}”的值不能带入流程。", "请写真假、整数或文字。")


def _read(text: str) -> Period | None:
    try:
        return parse_period(text)
    except ValueError:
        return None


def _acts(text: str | None) -> tuple[OverdueAct, ...]:
    try:
        return parse_overdue(text) if text else ()
    except ValueError:
        return ()
