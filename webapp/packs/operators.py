"""The automatic services that a process of a pack may name, with what each takes and gives."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from webapp.engine import OperatorSignature

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATORS: Mapping[str, OperatorSignature] = MappingProxyType(
    {
        "issue_document": OperatorSignature(
            required=frozenset({"template", "agency"}), optional=frozenset({"recipients"}), open_ended=True
        ),
        "start_clock": OperatorSignature(
            required=frozenset({"name"}), optional=frozenset({"limit"}), returns=False
        ),
        "pause_clock": OperatorSignature(required=frozenset({"reason"}), returns=False),
        "resume_clock": OperatorSignature(returns=False),
        "recognise_market": OperatorSignature(),
        "change_register": OperatorSignature(
            optional=frozenset(
                {
                    *("address", "opening_hours", "public_phone", "services", "area_m2"),
                    *("operator", "closed_from", "closed_until", "reopens"),
                }
            ),
            returns=False,
        ),
        "enter_record": OperatorSignature(
            required=frozenset({"kind", "period"}),
            optional=frozenset({"valid_until"}),
            returns=False,
            open_ended=True,
        ),
        "leave_register": OperatorSignature(required=frozenset({"way"}), returns=False),
        "open_case": OperatorSignature(
            required=frozenset({"process"}), optional=frozenset({"reason"}), returns=False
        ),
        "end_opened": OperatorSignature(required=frozenset({"reason"}), returns=False),
        "make_invitations": OperatorSignature(required=frozenset({"closes_on", "groups"}), returns=False),
        "count_answers": OperatorSignature(),
        "archive_case": OperatorSignature(
            required=frozenset({"outcome"}), optional=frozenset({"label"}), returns=False
        ),
    }
)
"""Signatures by operator name. The services that do the work register under the same names."""
