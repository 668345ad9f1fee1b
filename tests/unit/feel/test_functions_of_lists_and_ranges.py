"""Built-in functions on lists, contexts and ranges; examples are the standard's where it has some."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.feel import evaluate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list contains([1, 2, 3], 2)", True),
        ("list contains([1, null], null)", True),
        ("list contains([[1]], [1])", True),
        ("count([1, 2, 3])", 3),
        ("count([])", 0),
        ("count(null)", None),
        ("count(5)", 1),
        ("min([1, 2, 3])", 1),
        ("min(3, 1, 2)", 1),
        ('max(["a", "b"])', "b"),
        ("max([])", None),
        ('max([1, "a"])', None),
        ('max(@"2026-01-01", @"2026-02-01").month', 2),
        ("sum([1, 2, 3])", 6),
        ("sum(1, 2, 3)", 6),
        ("sum([])", None),
        ("sum([1, null])", None),
        ('sum(["a", "b"])', None),
        ('sum([@"P1D", @"PT12H"]) = @"PT36H"', True),
        ("mean([1, 2, 3])", 2),
        ("mean(1, 2)", 1.5),
        ("product([2, 3, 4])", 24),
        ("median(8, 2, 5, 3, 4)", 4),
        ("median([6, 1, 2, 3])", 2.5),
        ("median([])", None),
        ("stddev(2, 4, 7, 5)", Decimal("2.081665999466132735282297706979931")),
        ("stddev([47])", None),
        ("mode(6, 3, 9, 6, 6)", [6]),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("mode([])", []),
        ("all([true, true])", True),
        ("all([true, null])", None),
        ("all([false, null])", False),
        ("all([])", True),
        ("any([false, true])", True),
        ("any([])", False),
        ("any([false, null])", None),
        ("any([false, 0])", None),
        ("sublist([4, 5, 6], 1, 2)", [4, 5]),
        ("sublist([4, 5, 6], -2)", [5, 6]),
        ("sublist([4, 5, 6], 3, 2)", None),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("append([1], [2])", [1, [2]]),
        ("append(list: [1], item: 2)", [1, 2]),
        ("concatenate([1, 2], [3])", [1, 2, 3]),
        ("insert before([1, 3], 1, 2)", [2, 1, 3]),
        ("insert before([1, 3], 5, 2)", None),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("reverse([1, 2, 3])", [3, 2, 1]),
        ("index of([1, 2, 3, 2], 2)", [2, 4]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("distinct values([1, 2, 3, 2, 1])", [1, 2, 3]),
        ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
        ("list replace([2, 4, 7, 8], 3, 6)", [2, 4, 6, 8]),
        ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", [5, 5, 7, 8]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("sort(list: [3, 1, 4, 5, 2], precedes: function(x, y) x < y)", [1, 2, 3, 4, 5]),
        ('sort([1, "a"])', None),
    ],
)
def test_lists(text, expected):
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('get value({a: 1}, "a")', 1),
        ('get value({a: 1}, "b")', None),
        ('get value({a: {b: 2}}, ["a", "b"])', 2),
        ("get entries({a: 1, b: 2})", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
        ('get entries({a: "x"})[key = "a"].value', ["x"]),
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ('context put({x: {y: 1}}, ["x", "y"], 2)', {"x": {"y": 2}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
    ],
)
def test_contexts(text, expected):
    assert evaluate(text, {}) == expected


RELATIONS = [
    ("before(1, 10)", True),
    ("before(10, 1)", False),
    ("before(1, [1..10])", False),
    ("before(1, (1..10])", True),
    ("before([1..5], 10)", True),
    ("before([1..5), 5)", True),
    ("before([1..10], [15..20])", True),
    ("before([1..10), [10..20])", True),
    ("before([1..10], [10..20])", False),
    ("after(10, 5)", True),
    ("after([11..20], 10)", True),
    ("after((10..20], 10)", True),
    ("after([11..20], [1..11))", True),
    ("meets([1..5], [5..10])", True),
    ("meets([1..5), [5..10])", False),
    ("met by([5..10], [1..5])", True),
    ("overlaps([1..5], [3..8])", True),
    ("overlaps([1..5], [6..8])", False),
    ("overlaps([1..5], [5..8])", True),
    ("overlaps([1..5], (5..8])", False),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps before([1..5), [5..8])", False),
    ("overlaps before([1..5], [1..5])", False),
    ("overlaps after([3..8], [1..5])", True),
    ("overlaps after([1..5], [3..8])", False),
    ("finishes(10, [1..10])", True),
    ("finishes(10, [1..10))", False),
    ("finishes([5..10], [1..10])", True),
    ("finished by([1..10], 10)", True),
    ("finished by([1..10], [5..10])", True),
    ("includes([1..10], 5)", True),
    ("includes([1..10], 12)", False),
    ("includes([1..10], [1..10])", True),
    ("includes((1..10], [1..5])", False),
    ("during(5, [1..10])", True),
    ("during([4..6], [1..10])", True),
    ("starts(1, [1..10])", True),
    ("starts([1..5], [1..10])", True),
    ("starts((1..5], [1..10])", False),
    ("started by([1..10], 1)", True),
    ("coincides(5, 5)", True),
    ("coincides([1..5], [1..5])", True),
    ("coincides((1..5), [1..5])", False),
    ('before(1, "a")', None),
    ('before(@"2026-01-01", @"2026-01-02")', True),
]


@pytest.mark.parametrize(("text", "expected"), RELATIONS)
def test_relations_of_points_and_ranges(text, expected):
    """Table 78 of DMN 1.3."""
    assert evaluate(text, {}) is expected
