"""What a pack holds, as plain immutable data.

A pack is one jurisdiction's policy: its clauses, its agencies and positions, its processes and rules,
its forms and document templates, and the choices that the text leaves to the office.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from webapp.packs.paths import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from webapp.core.clauses import Basis, ClauseCatalogue
    from webapp.core.workdays import WorkCalendar
    from webapp.packs.market_specs import MarketSpec, RecordSpec, ZoneSpec
    from webapp.packs.notices import NoticeSpec

AGENCY_KINDS = ("机关", "党委", "群团", "事业", "属地")

APPLICANT = "township"
"""Agency key of a lane that stands for the applicant's own agency, whichever that is."""

APPLICANT_KIND = "属地"
"""Agencies of this kind can be the applicant."""

FILED_MARKET = "market"
"""Value of a process's property `subject`: its filing proposes the market that the case is about."""

LISTED_MARKET = "listed_market"
"""Value of a process's property `subject`: its cases are about a market that is chosen from the directory."""

SUBJECTS = (FILED_MARKET, LISTED_MARKET)


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over sorted file names and contents, hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode(), files[path]):
            # Lengths keep neighbouring texts apart: "ab"+"c" must not equal "a"+"bc".
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


Choice = bool | int | str
"""A value that a setting can take."""


@dataclass(frozen=True, slots=True)
class JurisdictionSpec:
    """辖区.

    Attributes:
        key: Name used in addresses and rows.
        name: Full name, such as ``北京市通州区``.
        short: Name in running text, such as ``通州区``.
        division_code: 行政区划代码, six digits.
        case_prefix: Letters with which its case numbers begin, such as ``TZ``.
    """

    key: str
    name: str
    short: str
    division_code: str
    case_prefix: str


@dataclass(frozen=True, slots=True)
class AgencySpec:
    """单位: a body that acts in the processes, or stands above one that does; not every one is a 机关.

    Attributes:
        key: Name used by lanes and operators.
        name: Full name, as it signs.
        short: Name that the policy text itself prints.
        kind: One of :data:`AGENCY_KINDS`.
        parent: Key of the agency above it, if that is in the pack.
        parent_basis: What that rests on; ``None`` at the top of a tree.
        document_code: 发文机关代字; ``None`` for one that issues no documents here.
        seal_diameter_mm: Diameter of the seal in millimetres.
        basis: What the code and the seal rest on.
    """

    key: str
    name: str
    short: str
    kind: str
    parent: str | None
    parent_basis: Basis | None
    document_code: str | None
    seal_diameter_mm: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class PositionSpec:
    """岗位, held in one or more agencies.

    Attributes:
        key: Name used by the ``position`` property of a step.
        name: Title shown to people.
        agencies: Keys of the agencies that have it, kinds already resolved.
        rights: What its holders may do, such as ``case.start``.
    """

    key: str
    name: str
    agencies: tuple[str, ...]
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One procedure.

    Attributes:
        key: Name used in addresses and rows.
        title: Title shown to people.
        file: Name of its BPMN file inside the pack.
        process_id: Id of the BPMN process in that file.
        sources: File name to bytes of all that ``webapp.engine.load`` needs for it: its own file, the
            processes it calls and the decision tables it names. Nothing else, so that the content hash
            changes only when this process does.
    """

    key: str
    title: str
    file: str
    process_id: str
    sources: Mapping[str, bytes]

    @property
    def content_hash(self) -> str:
        """SHA-256 over the sorted names and contents of the sources, hexadecimal."""
        return hash_of(self.sources)


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A kind of document that processes issue.

    Attributes:
        key: Name used in rows.
        title: Title shown to people.
        template: Name of its template.
        series: Word after the agency's code in the number; empty where no number is drawn.
        basis: What the form and the series rest on.
    """

    key: str
    title: str
    template: str
    series: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """A choice that the policy leaves open.

    Attributes:
        key: Name used in FEEL as ``settings.<key>``.
        label: Question shown to the administrator.
        value: What holds until the office decides otherwise.
        choices: Value and label of each choice; empty for a free value of the same type.
        basis: Why the default is what it is.
        pattern: Regular expression that a free text must match; empty for any text.
        pattern_message: What to tell the person when it does not.
    """

    key: str
    label: str
    value: Choice
    choices: tuple[tuple[Choice, str], ...]
    basis: Basis
    pattern: str = ""
    pattern_message: str = ""


@dataclass(frozen=True)
class Pack:
    """One jurisdiction's policy, read and ready to be checked, deployed or shown.

    Attributes:
        key: Name of its folder.
        name: Title.
        version: Version of the pack.
        effective_from: Beijing date from which the policy holds.
        effective_basis: What that date rests on.
        source: Document number of the policy text.
        source_title: Title of the policy text.
        source_text: The policy text itself; clauses are quoted from it.
        jurisdiction: Where it holds.
        agencies: Agencies by key, in the order of the file.
        positions: Positions, in the order of the file.
        processes: Procedures by key.
        documents: Document kinds by key; several may be set from one template.
        settings: Settings by key.
        calendar: Working days.
        calendar_source: The published notices that the calendar follows.
        market: Its register of markets; ``None`` for a pack without one.
        records: Kinds of entries in a market's file, by key.
        zone: Its 零工服务专区; ``None`` for a pack without one.
        clauses: The clauses.
        notices: What people are told, by kind of event.
        files: Path below the project (``workflows/tongzhou/recognition.bpmn``) to text, of everything that
            was read: enough to read the same pack again.
        content_hash: SHA-256 over the sorted paths and texts, hexadecimal.
    """

    key: str
    name: str
    version: str
    effective_from: date
    effective_basis: Basis
    source: str
    source_title: str
    source_text: str
    jurisdiction: JurisdictionSpec
    agencies: Mapping[str, AgencySpec]
    positions: tuple[PositionSpec, ...]
    processes: Mapping[str, ProcessSpec]
    documents: Mapping[str, DocumentSpec]
    settings: Mapping[str, SettingSpec]
    calendar: WorkCalendar
    calendar_source: str
    market: MarketSpec | None
    records: Mapping[str, RecordSpec]
    zone: ZoneSpec | None
    clauses: ClauseCatalogue
    notices: Mapping[str, NoticeSpec]
    files: Mapping[str, str]
    content_hash: str

    @property
    def jurisdiction_short(self) -> str:
        """Name of the jurisdiction in running text, such as ``通州区``."""
        return self.jurisdiction.short

    @property
    def case_prefix(self) -> str:
        """Letters with which case numbers begin."""
        return self.jurisdiction.case_prefix

    @cached_property
    def flows(self) -> Mapping[str, bytes]:
        """BPMN files of the pack by file name."""
        return self._named(f"workflows/{self.key}/", ".bpmn")

    @cached_property
    def rules(self) -> Mapping[str, bytes]:
        """DMN files of the pack by file name."""
        return self._named(f"workflows/{self.key}/", ".dmn")

    @cached_property
    def forms(self) -> Mapping[str, bytes]:
        """Form schemas by form id."""
        return _without_suffix(self._named(f"forms/{self.key}/", ".json"), ".json")

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """Document templates by name."""
        found = _without_suffix(self._named(f"docs_templates/{self.key}/", ".md"), ".md")
        return {name: text.decode() for name, text in found.items()}

    @cached_property
    def scenarios(self) -> Mapping[str, str]:
        """Scenarios by name, as their files tell them."""
        found = self._named(f"workflows/{self.key}/{SCENARIOS}/", ".json")
        return {name: text.decode() for name, text in _without_suffix(found, ".json").items()}

    @cached_property
    def template_names(self) -> frozenset[str]:
        """Names of the templates that documents are set from: its own, and those that all packs share."""
        shared = self._named("docs_templates/common/", ".md")
        return frozenset({*self.templates, *_without_suffix(shared, ".md")})

    @cached_property
    def acting(self) -> frozenset[str]:
        """Keys of the agencies that hold a position; the others only stand above them."""
        return frozenset(key for spec in self.positions for key in spec.agencies)

    def holders(self, position: str, agency: str) -> tuple[str, ...]:
        """Return the agencies in which a position can act for a lane.

        Args:
            position: Position key of a step.
            agency: Agency key of its lane; :data:`APPLICANT` means every agency that can apply.
        """
        wanted = self.agencies_of(agency)
        held = {key for spec in self.positions if spec.key == position for key in spec.agencies}
        return tuple(key for key in wanted if key in held)

    def agencies_of(self, agency: str) -> tuple[str, ...]:
        """Return the agency keys that a lane's agency can mean."""
        if agency == APPLICANT:
            return tuple(key for key, spec in self.agencies.items() if spec.kind == APPLICANT_KIND)
        return (agency,) if agency in self.agencies else ()

    def _named(self, folder: str, suffix: str) -> dict[str, bytes]:
        return {
            path.removeprefix(folder): text.encode()
            for path, text in self.files.items()
            if path.startswith(folder) and path.endswith(suffix)
        }


def _without_suffix(files: Mapping[str, bytes], suffix: str) -> dict[str, bytes]:
    return {name.removesuffix(suffix): text for name, text in files.items()}
