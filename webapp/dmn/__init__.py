"""DMN decisions: read a model, evaluate a decision with its trace, check the model for gaps and overlaps."""

from webapp.dmn.check import check
from webapp.dmn.errors import DecisionError, DmnError, DmnSyntaxError
from webapp.dmn.evaluation import evaluate, evaluate_service
from webapp.dmn.findings import Finding
from webapp.dmn.linking import needed
from webapp.dmn.logic import DecisionTable, Rule
from webapp.dmn.model import Decision, Definitions, InputData, Service
from webapp.dmn.reading import read
from webapp.dmn.trace import CellTrace, DecisionTrace, Result, RuleTrace, Trace

__all__ = [
    "CellTrace",
    "Decision",
    "DecisionError",
    "DecisionTable",
    "DecisionTrace",
    "Definitions",
    "DmnError",
    "DmnSyntaxError",
    "Finding",
    "InputData",
    "Result",
    "Rule",
    "RuleTrace",
    "Service",
    "Trace",
    "check",
    "evaluate",
    "evaluate_service",
    "needed",
    "read",
]
