"""What a template may contain, and how much filling it may use.

Jinja's sandbox keeps templates from Python, but not from using all of a machine: ``9**9**9``, a text times a
thousand million, loops in loops. So only those parts of the language are taken that documents need, loops pay
for every turn, and texts are joined only up to a length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, TemplateSyntaxError, nodes, pass_context

from webapp.documents.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jinja2 import Template
    from jinja2.runtime import Context

MAX_SOURCE: Final = 200_000
"""Longest template, in characters."""
MAX_TEXT: Final = 200_000
"""Longest text that a template may be filled to, in characters."""
_MAX_DEPTH: Final = 60
_MAX_LOOPS: Final = 3
_MAX_WORK: Final = 1_000_000
"""Parts of loop bodies that are gone through in one filling."""

BUDGET: Final = "0budget"
"""Key of the budget among the facts; no template can spell it."""
_TURN: Final = "0turn"
_JOINED: Final = "0joined"

OWN_FILTERS: Final = frozenset({"first", "int", "last", "length", "list", "rejectattr", "selectattr"})
"""Filters of Jinja that templates may use; none of them makes much of little."""

_ALLOWED: Final = frozenset(
    {
        *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign),
        *(nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Tuple, nodes.List),
        *(nodes.Filter, nodes.Test, nodes.Keyword, nodes.Compare, nodes.Operand, nodes.CondExpr),
        *(nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg),
    }
)
_MEANT: Final[Mapping[str, str]] = {
    "Call": "调用函数",
    "Pow": "乘方",
    "Mul": "乘法",
    "Mod": "取余",
    "Div": "除法",
    "FloorDiv": "除法",
    "Macro": "宏",
    "CallBlock": "宏",
    "Include": "引用其他模板",
    "Import": "引用其他模板",
    "FromImport": "引用其他模板",
    "Extends": "引用其他模板",
    "Block": "块",
    "FilterBlock": "过滤块",
    "AssignBlock": "成块赋值",
    "Dict": "字典",
    "Slice": "切片",
    "NSRef": "命名空间",
    "With": "with 块",
}


@dataclass(slots=True)
class Budget:
    """What is left for one filling."""

    work: int = _MAX_WORK

    def pay(self, work: int) -> None:
        """Pay for work.

        Raises:
            TemplateError: When nothing is left.
        """
        self.work -= work
        if self.work < 0:
            raise TemplateError("模板的循环次数太多。请减少循环，或不要在循环里再套循环。", field="正文")


def parse(environment: Environment, text: str, where: str, first_line: int = 1) -> nodes.Template:
    """Read a piece of template, and refuse what is not needed for documents.

    Args:
        environment: The environment that will compile it.
        text: The piece.
        where: Head key or 正文, for messages.
        first_line: Number of its first line in the file.

    Raises:
        TemplateError: If it cannot be read, or uses something that is not allowed.
    """
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as problem:
        raise _wrong(where, first_line, problem.lineno, f"语法有误：{problem.message}") from problem
    except RecursionError as problem:
        raise TemplateError(f"模板“{where}”嵌套过深。请减少括号和判断的层数。", field=where) from problem
    for node, depth, loops in _walk(tree):
        if depth > _MAX_DEPTH:
            raise _wrong(where, first_line, node.lineno, "嵌套过深，请减少括号和判断的层数")
        if loops > _MAX_LOOPS:
            raise _wrong(where, first_line, node.lineno, f"循环里套循环，最多 {_MAX_LOOPS} 层")
        if fault := _fault(environment, node):
            raise _wrong(where, first_line, node.lineno, fault)
    return tree


def bounded(tree: nodes.Template) -> nodes.Template:
    """Return the tree with a price on every turn of a loop, and a limit on every joined text."""
    for loop in list(tree.find_all(nodes.For)):
        weight = nodes.Const(1 + sum(1 for part in loop.body for _ in part.find_all(nodes.Node)))
        turn = nodes.Filter(nodes.Const(""), _TURN, [weight], [], None, None)
        loop.body.insert(0, nodes.Output([turn]))
    limited: nodes.Template = _limited(tree)
    return limited


def filled(template: Template, facts: Mapping[str, Any], where: str) -> str:
    """Fill a compiled template.

    Raises:
        TemplateError: If it grows too long or takes too much work.
    """
    pieces: list[str] = []
    length = 0
    for piece in template.generate({**facts, BUDGET: Budget()}):
        length += len(piece)
        if length > MAX_TEXT:
            raise TemplateError(f"模板“{where}”填写后超过 {MAX_TEXT} 字，排不成公文。", field=where)
        pieces.append(piece)
    return "".join(pieces)


def sum_of(left: Any, right: Any) -> Any:
    """Add two numbers or join two texts.

    Raises:
        TemplateError: If they are neither, or the text grows too long.
    """
    if isinstance(left, str) and isinstance(right, str):
        return _joined((left, right))
    if isinstance(left, str | list | tuple) or isinstance(right, str | list | tuple):
        raise TemplateError("模板里的“+”只能用于两个数或两段文字。", field="正文")
    return left + right


def _joined(parts: Iterable[Any]) -> str:
    texts = [str(part) for part in parts]
    if sum(map(len, texts)) > MAX_TEXT:
        raise TemplateError(f"模板拼接的文字超过 {MAX_TEXT} 字。", field="正文")
    return "".join(texts)


@pass_context
def _turn(context: Context, nothing: str, weight: int) -> str:
    """Pay for one turn of a loop; it depends on the context, so that it is not worked out in advance."""
    context[BUDGET].pay(weight)
    return nothing


OWN: Final = {_TURN: _turn, _JOINED: _joined}
"""Filters that the bounds themselves use; their names cannot be spelled in a template."""


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int, int]]:
    """Yield every node with its depth and the number of loops around it."""
    stack = [(tree, 0, 0)]
    while stack:
        node, depth, loops = stack.pop()
        yield node, depth, loops
        inside = loops + isinstance(node, nodes.For)
        stack.extend((child, depth + 1, inside) for child in node.iter_child_nodes())


def _fault(environment: Environment, node: nodes.Node) -> str:
    kind = type(node)
    if kind not in _ALLOWED:
        name = kind.__name__
        return f"不能使用{_MEANT.get(name, name)}，模板只填写数据，计算请放在决策表或表单里"
    if isinstance(node, nodes.Filter) and (node.name not in environment.filters or node.name in OWN):
        return f"没有过滤器“{node.name}”"
    if isinstance(node, nodes.Test) and node.name not in environment.tests:
        return f"没有判断“{node.name}”"
    if isinstance(node, nodes.For) and node.recursive:
        return "循环不能调用自己"
    return ""


def _limited(node: Any) -> Any:
    """Put a limited join in place of every ``~`` below a node, from the inside out."""
    for name, value in list(node.iter_fields()):
        if isinstance(value, list):
            setattr(node, name, [_limited(each) if isinstance(each, nodes.Node) else each for each in value])
        elif isinstance(value, nodes.Node):
            setattr(node, name, _limited(value))
    if isinstance(node, nodes.Concat):
        return nodes.Filter(nodes.Tuple(node.nodes, "load"), _JOINED, [], [], None, None, lineno=node.lineno)
    return node


def _wrong(where: str, first_line: int, line: int, fault: str) -> TemplateError:
    return TemplateError(f"模板“{where}”第 {first_line + line - 1} 行：{fault}。", field=where)
