"""FEEL of DMN 1.5: the one expression language of the platform.

Expressions see only the values they are given. Nothing here evaluates Python, calls into objects or leaves
the bounds of `Limits`, whatever the text.
"""

from webapp.feel.analysis import Profile
from webapp.feel.compile_iteration import items_of
from webapp.feel.compiler import Root
from webapp.feel.errors import FeelError, FeelLimitExceeded, FeelSyntaxError
from webapp.feel.evaluation import Expression, evaluate, evaluate_unary, parse, parse_unary
from webapp.feel.lexer import is_plain
from webapp.feel.limits import Budget, Limits
from webapp.feel.operators import equal
from webapp.feel.values import Function, Range, Value, YearMonthDuration, from_python, kind
from webapp.feel.writing import text_of

__all__ = [
    "Budget",
    "Expression",
    "FeelError",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "Function",
    "Limits",
    "Profile",
    "Range",
    "Root",
    "Value",
    "YearMonthDuration",
    "equal",
    "evaluate",
    "evaluate_unary",
    "from_python",
    "is_plain",
    "items_of",
    "kind",
    "parse",
    "parse_unary",
    "text_of",
]
