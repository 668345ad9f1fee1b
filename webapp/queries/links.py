"""Addresses of the things that lists and pages point at. A test holds them against the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


NOTIFICATIONS = "/notifications"
"""Address of what a person has been told."""


def case(no: str) -> str:
    """Return the address of a case."""
    return f"/cases/{no}"


def work_item(case_no: str, item_id: UUID) -> str:
    """Return the address of a step of a case."""
    return f"/cases/{case_no}/tasks/{item_id}"


def document(document_id: UUID) -> str:
    """Return the address of a document's page."""
    return f"/documents/{document_id}"


def document_pdf(document_id: UUID) -> str:
    """Return the address of a document's file."""
    return f"/documents/{document_id}.pdf"


def document_word(document_id: UUID) -> str:
    """Return the address of a document's text as a Word file."""
    return f"/documents/{document_id}.docx"


def attachment(attachment_id: UUID | str) -> str:
    """Return the address of a file that was handed in."""
    return f"/attachments/{attachment_id}"


def market(no: str) -> str:
    """Return the address of a market's public page."""
    return f"/directory/{no}"


def verification(token: str) -> str:
    """Return the address of a document's public verification page."""
    return f"/v/{token}"


def draft(draft_id: str) -> str:
    """Return the address of a draft of a pack."""
    return f"/studio/{draft_id}"


def clause(pack_key: str, clause_id: str) -> str:
    """Return the address of a clause of a policy."""
    return f"/clauses/{pack_key}/{clause_id}"
