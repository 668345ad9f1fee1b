"""Reads a pack from its folder, or from the texts that a release kept of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from webapp.core.clauses import Clause, ClauseCatalogue
from webapp.core.workdays import WorkCalendar
from webapp.packs.market_specs import (
    BOARDS,
    MONEY,
    MarketSpec,
    Reading,
    RecordSpec,
    ShownValue,
    ZoneSpec,
)
from webapp.packs.notices import read_notices
from webapp.packs.paths import COMMON, MAX_FILES, SCENARIOS, SUFFIXES, text_fault
from webapp.packs.sources import needed_sources
from webapp.packs.specs import (
    AGENCY_KINDS,
    AgencySpec,
    Choice,
    DocumentSpec,
    JurisdictionSpec,
    Pack,
    PositionSpec,
    ProcessSpec,
    SettingSpec,
    hash_of,
)
from webapp.packs.tables import PackError, Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_MANIFEST = "pack.toml"
_NOTES = "README.md"

_Spec = TypeVar("_Spec", AgencySpec, ProcessSpec, DocumentSpec, RecordSpec, SettingSpec)


def load(folder: Path, *, forms_root: Path, templates_root: Path) -> Pack:
    """Read a pack from disk, with its forms, its templates and what all packs share.

    Args:
        folder: ``workflows/<pack>``; what all packs share is looked for in ``common`` beside it.
        forms_root: Folder that holds ``<pack>/*.json``.
        templates_root: Folder that holds ``<pack>/*.md``.

    Raises:
        PackError: If a file is missing or cannot be understood.
    """
    if not folder.is_dir():
        raise PackError(f"没有名为“{folder.name}”的政策包。")
    roots = {"workflows": folder.parent, "forms": forms_root, "docs_templates": templates_root}
    files: dict[str, str] = {}
    for room, root in roots.items():
        for name in (folder.name, COMMON):
            files.update(_collect(root / name, f"{room}/{name}", SUFFIXES[room]))
    home = f"workflows/{folder.name}"
    files.update(_collect(folder / SCENARIOS, f"{home}/{SCENARIOS}", (".json",)))
    if f"{home}/{_MANIFEST}" not in files:
        raise PackError(f"文件夹“{folder.name}”中没有 {_MANIFEST}。")
    return read(files)


def read(files: Mapping[str, str]) -> Pack:
    """Read a pack from texts.

    Args:
        files: Path below the project to text, as :attr:`Pack.files` keeps them; they hold one ``pack.toml``.

    Raises:
        PackError: If a file is missing, cannot be understood, or is not to be written so.
    """
    _refuse_first(_oversize(files))
    pack, faults = _read(files)
    _refuse_first(faults)
    return pack


def read_kept(files: Mapping[str, str]) -> Pack:
    """Read a pack from the texts that a release keeps, whatever rules were made since: its cases go on.

    Raises:
        PackError: If a file is missing or cannot be understood.
    """
    return _read(files)[0]


def _read(files: Mapping[str, str]) -> tuple[Pack, list[str]]:
    """Return a pack, and what a new one may not have though a kept one may."""
    faults: list[str] = []
    key = _only_key(files)
    home = f"workflows/{key}"
    manifest = read_toml(files, f"{home}/{_MANIFEST}", faults)
    head = manifest.table("pack")
    if head.text("key") != key:
        raise PackError(f"{head.place}：key 应当与文件夹名“{key}”一致。")
    agencies = _agencies(manifest)
    pack = Pack(
        key=key,
        name=head.text("name"),
        version=head.text("version"),
        effective_from=head.day("effective_from"),
        effective_basis=head.basis("effective_basis"),
        source=head.text("source"),
        source_title=head.text("source_title"),
        source_text=_source_text(files, home, head),
        jurisdiction=_jurisdiction(manifest.table("jurisdiction")),
        agencies=agencies,
        positions=_positions(manifest, agencies),
        processes=_keyed(manifest, "processes", lambda table: _process(table, files, home)),
        documents=_keyed(manifest, "documents", _document),
        settings=MappingProxyType(_settings(manifest.table("settings"))),
        calendar=_calendar(manifest.table("calendar")),
        calendar_source=manifest.table("calendar").text("source", manifest.table("calendar").text("name")),
        market=_market(manifest.table("market")) if "market" in manifest.values else None,
        records=_keyed(manifest, "records", _record),
        zone=_zone(manifest.table("zone")) if "zone" in manifest.values else None,
        clauses=_clauses(read_toml(files, f"{home}/clauses.toml", faults)),
        notices=read_notices(files, key, faults),
        files=MappingProxyType(dict(files)),
        content_hash=hash_of({path: text.encode() for path, text in files.items()}),
    )
    return pack, faults


def _refuse_first(faults: Iterable[str]) -> None:
    for fault in faults:
        raise PackError(fault)


def _oversize(files: Mapping[str, str]) -> Iterator[str]:
    if len(files) > MAX_FILES:
        yield f"政策包有 {len(files)} 个文件，最多 {MAX_FILES} 个。"
    for path, text in files.items():
        if fault := text_fault(text):
            yield f"{path}：{fault}"


def _only_key(files: Mapping[str, str]) -> str:
    keys = [
        path.split("/")[1]
        for path in files
        if path.startswith("workflows/") and path.endswith(f"/{_MANIFEST}")
    ]
    if len(keys) != 1:
        raise PackError(f"应当有且只有一个 {_MANIFEST}，现有 {len(keys)} 个。")
    return keys[0]


def _collect(folder: Path, prefix: str, suffixes: tuple[str, ...]) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in suffixes and path.is_file() and path.name != _NOTES:
            try:
                found[f"{prefix}/{path.name}"] = path.read_bytes().decode()  # line ends as they are
            except UnicodeDecodeError as error:
                raise PackError(f"{prefix}/{path.name} 不是 UTF-8 文字文件。") from error
    return found


def _source_text(files: Mapping[str, str], home: str, head: Table) -> str:
    path = f"{home}/{head.text('source_text')}"
    if path not in files:
        raise PackError(f"{head.place}：没有政策原文文件 {path}。")
    return files[path]


def _jurisdiction(table: Table) -> JurisdictionSpec:
    return JurisdictionSpec(
        key=table.text("key"),
        name=table.text("name"),
        short=table.text("short"),
        division_code=table.text("division_code"),
        case_prefix=table.text("case_prefix"),
    )


def _agencies(manifest: Table) -> Mapping[str, AgencySpec]:
    defaults = manifest.table("agency_defaults")
    agencies = _keyed(manifest, "agencies", lambda table: _agency(table, defaults))
    for spec in agencies.values():
        if spec.parent is not None and spec.parent not in agencies:
            raise PackError(f"pack.toml：单位“{spec.key}”的上级“{spec.parent}”不在本包中。")
    for key in agencies:
        _refuse_circle(key, agencies)
    return agencies


def _refuse_circle(key: str, agencies: Mapping[str, AgencySpec]) -> None:
    passed = [key]
    while (above := agencies[passed[-1]].parent) is not None:
        passed.append(above)
        if above in passed[:-1]:
            raise PackError(f"pack.toml：单位的上级绕成了圈（{'、'.join(passed)}），请改正 parent。")


def _agency(table: Table, defaults: Table) -> AgencySpec:
    kind = table.text("kind")
    if kind not in AGENCY_KINDS:
        table.faults.append(f"{table.place}：kind 应当是{'、'.join(AGENCY_KINDS)}之一。")
    diameter = table.optional_number("seal_diameter_mm")
    parent = table.optional_text("parent")
    above = table if "parent_basis" in table.values else defaults
    return AgencySpec(
        key=table.text("key"),
        name=table.text("name"),
        short=table.text("short"),
        kind=kind,
        parent=parent,
        parent_basis=above.basis("parent_basis") if parent is not None else None,
        document_code=table.optional_text("document_code"),
        seal_diameter_mm=defaults.number("seal_diameter_mm") if diameter is None else diameter,
        basis=table.basis() if "basis" in table.values else defaults.basis(),
    )


def _positions(manifest: Table, agencies: Mapping[str, AgencySpec]) -> tuple[PositionSpec, ...]:
    return tuple(
        PositionSpec(
            key=table.text("key"),
            name=table.text("name"),
            agencies=tuple(key for name in table.texts("agency") for key in _resolve(table, name, agencies)),
            rights=tuple(table.texts("rights")),
        )
        for table in manifest.tables("positions")
    )


def _resolve(table: Table, name: str, agencies: Mapping[str, AgencySpec]) -> list[str]:
    if name in agencies:
        return [name]
    found = [key for key, spec in agencies.items() if spec.kind == name]
    if not found:
        raise PackError(f"{table.place}：“{name}”既不是单位，也不是有单位的单位种类。")
    return found


def _process(table: Table, files: Mapping[str, str], home: str) -> ProcessSpec:
    file = table.text("file")
    if f"{home}/{file}" not in files:
        raise PackError(f"{table.place}：没有流程文件 {home}/{file}。")
    key = table.text("key")
    return ProcessSpec(
        key=key,
        title=table.text("title"),
        file=file,
        process_id=table.text("process_id", key),
        sources=MappingProxyType(needed_sources(files, home, file)),
    )


def _document(table: Table) -> DocumentSpec:
    return DocumentSpec(
        key=table.text("key"),
        title=table.text("title"),
        template=table.text("template"),
        series=table.text("series", ""),
        basis=table.basis(),
    )


def _settings(table: Table) -> dict[str, SettingSpec]:
    return {key: _setting(key, table.table(key)) for key in table.values}


def _setting(key: str, table: Table) -> SettingSpec:
    value = _choice(table, "value")
    choices = tuple((_choice(row, "value"), row.text("label")) for row in table.tables("choices"))
    # True == 1 in Python: types are compared as well.
    if choices and not any(type(one) is type(value) and one == value for one, _ in choices):
        table.faults.append(f"{table.place}：缺省值不在可选值之中。")
    return SettingSpec(
        key,
        table.text("label"),
        value,
        choices,
        table.basis(),
        pattern=table.text("pattern", ""),
        pattern_message=table.text("pattern_message", "") or f"“{table.text('label')}”的写法不对。",
    )


def _choice(table: Table, key: str) -> Choice:
    value = table.values.get(key)
    if not isinstance(value, bool | int | str):
        raise PackError(f"{table.place}：请填写“{key}”（文字、整数或 true/false）。")
    return value


def _calendar(table: Table) -> WorkCalendar:
    try:
        return WorkCalendar(
            name=table.text("name"),
            holidays=table.days("holidays"),
            workdays=table.days("workdays"),
            version=table.text("version"),
        )
    except ValueError as error:
        raise PackError(f"{table.place}：{error}") from error


def _market(table: Table) -> MarketSpec:
    suffixes = table.table("name_suffixes")
    return MarketSpec(
        filing_form=table.text("filing_form"),
        opinion_form=table.text("opinion_form"),
        number_series=table.text("number_series"),
        name_suffixes=MappingProxyType({kind: suffixes.text(kind) for kind in suffixes.values}),
        goal=table.basis("goal"),
        basis=table.basis(),
    )


def _record(table: Table) -> RecordSpec:
    return RecordSpec(
        key=table.text("key"),
        title=table.text("title"),
        public=table.flag("public"),
        shows=tuple(_shown(row) for row in table.tables("shows")),
        basis=table.basis(),
        reported="reported" in table.values and table.flag("reported"),
        board=_board(table),
    )


def _zone(table: Table) -> ZoneSpec:
    return ZoneSpec(
        records=table.texts("records"),
        readings=tuple(
            Reading(row.text("title"), row.text("kind"), row.text("url", ""), row.basis())
            for row in table.tables("readings")
        ),
        basis=table.basis(),
    )


def _shown(table: Table) -> ShownValue:
    shown = ShownValue(table.text("key"), table.text("label"), table.text("format", ""))
    if shown.format not in {"", MONEY}:
        raise PackError(f"{table.place}：format 应当是 {MONEY}，或不写。")
    return shown


def _board(table: Table) -> str:
    board = table.text("board", "")
    if board not in {"", *BOARDS}:
        table.faults.append(f"{table.place}：board 应当是{'、'.join(BOARDS)}之一，或不写。")
        return ""
    return board


def _clauses(table: Table) -> ClauseCatalogue:
    try:
        return ClauseCatalogue(
            Clause(
                id=row.text("id"),
                title=row.text("title"),
                text=row.text("text"),
                source=row.text("source"),
                line=row.optional_number("line"),
                asks_nothing=row.optional_text("asks_nothing"),
            )
            for row in table.tables("clause")
        )
    except ValueError as error:
        raise PackError(f"{table.place}：{error}") from error


def _keyed(manifest: Table, array: str, build: Callable[[Table], _Spec]) -> Mapping[str, _Spec]:
    found: dict[str, _Spec] = {}
    for table in manifest.tables(array):
        spec = build(table)
        name = table.text("key")
        if name in found:
            raise PackError(f"{table.place}：“{name}”重复。")
        found[name] = spec
    return MappingProxyType(found)
