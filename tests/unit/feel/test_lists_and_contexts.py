"""Lists, filters, contexts, paths, loops and functions."""

from __future__ import annotations

import pytest

from webapp.feel import evaluate

PEOPLE = [
    {"name": "张", "age": 30, "skills": ["电工", "焊工"]},
    {"name": "李", "age": 45, "skills": []},
    {"name": "王", "age": None, "skills": ["保洁"]},
]
CONTEXT = {"people": PEOPLE, "limit": 40, "xs": [10, 20, 30], "site": {"owner": {"name": "甲"}}, "age": 99}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xs[1]", 10),
        ("xs[-1]", 30),
        ("xs[0]", None),
        ("xs[4]", None),
        ("xs[1.5]", None),
        ("xs[item > 10]", [20, 30]),
        ("xs[item > limit]", []),
        ("xs[count(xs)]", 30),
        ("xs[true]", [10, 20, 30]),
        ("xs[null]", []),
        ("[][1]", None),
        ("[][item = 1]", []),
        ("5[1]", 5),
        ("null[1]", None),
        ('people[name = "李"].age', [45]),
        ("people[age > limit].name", ["李"]),
        ("people[item.age < limit].name", ["张"]),
        ('people[list contains(skills, "电工")].name', ["张"]),
        ("people[age = null].name", ["王"]),
        ("people.name", ["张", "李", "王"]),
        ("people.skills[1]", ["电工", "焊工"]),
        ("people[1].skills[2]", "焊工"),
        ("people[missing > 1]", []),
        ("[{item: 1}, {item: 2}][item >= 2]", [{"item": 2}]),
        ("[[1, 2], [3]][count(item) = 1]", [[3]]),
        ('people[skills[item = "保洁"] != []].name', ["王"]),
    ],
)
def test_filters_and_projections(text, expected):
    assert evaluate(text, CONTEXT) == expected


def test_an_entry_of_the_filtered_item_hides_the_outer_name():
    assert evaluate("people[age = 30].name", CONTEXT) == ["张"]
    assert evaluate('[{"name": "x"}][age = 99].name', CONTEXT) == ["x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        ("{a: 1, b: a + 1}", {"a": 1, "b": 2}),
        ('{"a b": 1}', {"a b": 1}),
        ('{"a b": 1, c: a b + 1}.c', 2),
        ("{a: {b: {c: 3}}}.a.b.c", 3),
        ("site.owner.name", "甲"),
        ("site.owner.phone", None),
        ("site.name.name", None),
        ("{limit: 1, b: limit}.b", 1),
        ("{f: function(x) x + 1, r: f(2)}.r", 3),
        ("{a: 1}.a.b", None),
        ("[{a: 1}, 2, {a: 3}].a", [1, None, 3]),
    ],
)
def test_contexts_and_paths(text, expected):
    assert evaluate(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for x in xs return x / 10", [1, 2, 3]),
        ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
        ("for x in [1, 2], y in [x, x * 10] return y", [1, 10, 2, 20]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in -1..1 return i", [-1, 0, 1]),
        ("for i in [1..3] return i", [1, 2, 3]),
        ("for i in (1..4) return i", [2, 3]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("for x in null return x", None),
        ("for x in [] return x", []),
        ("for x in x return x", [5]),
        ("for x in [1, 2] return for y in [x] return y", [[1], [2]]),
        ('for d in @"2026-01-30"..@"2026-02-01" return d.day', [30, 31, 1]),
        ("for p in people return p.name", ["张", "李", "王"]),
    ],
)
def test_for(text, expected):
    assert evaluate(text, {**CONTEXT, "x": 5}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("some x in xs satisfies x > 25", True),
        ("some x in xs satisfies x > 30", False),
        ("every x in xs satisfies x > 5", True),
        ("every x in xs satisfies x > 10", False),
        ("some x in [] satisfies true", False),
        ("every x in [] satisfies false", True),
        ("some x in [1, null] satisfies x > 2", None),
        ("some x in [1, null] satisfies x = 1", True),
        ("every x in [1, null] satisfies x = 1", False),
        ("every x in [1, null] satisfies x > 0", None),
        ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
        ("every x in [1, 2], y in [2, 3] satisfies x < y", False),
        ("some x in null satisfies true", None),
        ("every p in people satisfies count(p.skills) > 0 or p.age > limit", True),
    ],
)
def test_quantified(text, expected):
    assert evaluate(text, CONTEXT) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(x, y) x - y)(5, 3)", 2),
        ("(function(x, y) x - y)(y: 5, x: 3)", -2),
        ("(function(x, y) x - y)(5)", None),
        ("(function(x, y) x - y)(x: 5, z: 3)", None),
        ('(function(x: number) x)("a")', None),
        ("(function(x: number) x)([1])", 1),
        ("(function(x: list<number>) x)(1)", [1]),
        ("(function(x) function(y) x + y)(1)(2)", 3),
        ("{k: 2, double: function(v) v * k, r: for i in 1..3 return double(i)}.r", [2, 4, 6]),
        ("{fact: function(f, n) if n = 0 then 1 else n * f(f, n - 1), r: fact(fact, 10)}.r", 3628800),
        ("5(3)", None),
        ("sort(xs, function(a, b) a > b)", [30, 20, 10]),
        ("sort(people, function(a, b) a.name > b.name)[1].name", "王"),
    ],
)
def test_functions(text, expected):
    assert evaluate(text, CONTEXT) == expected
