"""Forms as data: form-js schemas read, bound to WTForms, checked, stored and shown.

Knows neither the web framework nor the database. Pages and the API run the same rules.
"""

from forms.attached import attachments_by_field
from forms.binding import BoundForm, bind, check
from forms.codec import to_json
from forms.diff import Change, diff
from forms.display import Row, Section, display, display_draft
from forms.fields import Drawn
from forms.reading import PAGE_NAMES, read, read_kept
from forms.schema import Component, FormSchema, Option, SchemaError, pattern_of
from forms.storage import fill, from_json, merge_personal, split_personal

Field = Component
"""A field of a schema is a component that holds a value."""

__all__ = [
    "PAGE_NAMES",
    "BoundForm",
    "Change",
    "Component",
    "Drawn",
    "Field",
    "FormSchema",
    "Option",
    "Row",
    "SchemaError",
    "Section",
    "attachments_by_field",
    "bind",
    "check",
    "diff",
    "display",
    "display_draft",
    "fill",
    "from_json",
    "merge_personal",
    "pattern_of",
    "read",
    "read_kept",
    "split_personal",
    "to_json",
]
