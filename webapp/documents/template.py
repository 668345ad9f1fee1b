"""Document templates: a YAML head and a body in line markup, filled by sandboxed Jinja.

The head is read as YAML first and every value is rendered on its own afterwards, so that a colon,
a brace or a line end in a value can never become a head key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import jinja2.meta
import yaml
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from webapp.documents import bounds
from webapp.documents.bases import SourceLine, TaggedBody, read_tags
from webapp.documents.errors import DocumentError, TemplateError, WrongValue
from webapp.documents.facts import FactMap, MissingFact, find_paths, shield, texts_within, wrap
from webapp.documents.filters import FILTERS
from webapp.documents.markup import Block, grounds, inline, read_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LAYOUTS = ("文件", "信函", "通知书", "表", "申请报告", "命令", "纪要", "公示", "证书", "牌匾")
HEAD_KEYS = (
    "版式",
    "份号",
    "密级",
    "紧急程度",
    "发文机关标志",
    "发文字号",
    "签发人",
    "签发人职务",
    "标题",
    "主送",
    "附件",
    "署名",
    "成文日期",
    "附注",
    "出席",
    "请假",
    "列席",
    "星级",
    "标记",
    "抄送",
    "印发机关",
    "印发日期",
    "公开属性",
    "保管期限",
    "依据",
)
_LISTS = frozenset({"发文机关标志", "标题", "附件", "依据", "署名", "签发人", "出席", "请假", "列席"})
_NEEDED: dict[str, tuple[str, ...]] = {
    "文件": ("发文机关标志", "发文字号", "标题", "署名", "成文日期"),
    "信函": ("发文机关标志", "发文字号", "标题", "署名", "成文日期"),
    "通知书": ("发文机关标志", "发文字号", "标题", "署名", "成文日期"),
    "申请报告": ("标题", "主送", "署名", "成文日期"),
    "表": ("标题",),
    "命令": ("发文机关标志", "发文字号", "签发人职务", "签发人", "成文日期"),
    "纪要": ("发文机关标志", "发文字号", "成文日期", "出席"),
    "公示": ("标题", "署名", "成文日期"),
    "证书": ("标题", "署名", "成文日期"),
    "牌匾": ("标题", "署名", "成文日期"),
}


class _Environment(ImmutableSandboxedEnvironment):
    """Finds facts by key only: no attribute or method of a mapping can be reached."""

    intercepted_binops = frozenset("+")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        del context, operator  # only the one above comes here
        return bounds.sum_of(left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, FactMap | MissingFact):
            return self.getitem(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, MissingFact):
            path = f"{obj._undefined_hint or obj._undefined_name}.{argument}"  # noqa: SLF001 - Jinja's API
            return MissingFact(hint=path, name=path)
        if isinstance(obj, FactMap):
            if argument in obj:
                return obj[argument]
            path = obj.child_path(argument)
            return MissingFact(hint=path, name=path)
        return super().getitem(obj, argument)


def _environment() -> _Environment:
    environment = _Environment(undefined=MissingFact, finalize=shield, autoescape=False)
    environment.globals.clear()
    own = {name: environment.filters[name] for name in bounds.OWN_FILTERS}
    environment.filters.clear()
    environment.filters.update(own | FILTERS | bounds.OWN)
    return environment


_ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Head:
    """The rendered head of one document.

    Attributes:
        values: Rendered values by key.
        names: Texts among the facts that stand in the title whole, such as names of markets.
    """

    values: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...] = ()

    def one(self, key: str) -> str:
        """A single value; empty if the template does not give it."""
        return "".join(self.values.get(key, ()))

    def many(self, key: str) -> tuple[str, ...]:
        """A list of values without empty ones."""
        return self.values.get(key, ())


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been read and can be filled.

    Attributes:
        layout: 版式, one of :data:`LAYOUTS`.
        source: The text it was read from.
        sha256: Hash of that text.
        names: Facts it reads, as dotted paths.
        head: Compiled head values by key.
        body: Compiled body.
        lines: Lines of the body that can print something, with their 依据.
    """

    layout: str
    source: str
    sha256: str
    names: tuple[str, ...]
    head: Mapping[str, tuple[jinja2.Template, ...]]
    body: jinja2.Template
    lines: tuple[SourceLine, ...]

    def fill(self, facts: Mapping[str, Any]) -> tuple[Head, tuple[Block, ...]]:
        """Fill head and body with facts.

        Raises:
            DocumentError: If a fact is missing or cannot be printed.
            TemplateError: If the template breaks its own rules with these facts.
        """
        try:
            return self._filled(facts)
        except WrongValue as problem:
            if problem.field is None:
                problem.field = next(iter(find_paths(facts, problem.value)), "模板")
                problem.message = f"“{problem.field}”：{problem.message}"
            raise

    def _filled(self, facts: Mapping[str, Any]) -> tuple[Head, tuple[Block, ...]]:
        context = {key: wrap(value, key) for key, value in facts.items()}
        values = {
            key: tuple(filter(None, (inline(part) for item in items for part in _parts(item, context, key))))
            for key, items in self.head.items()
        }
        names = texts_within(facts, "".join(values.get("标题", ())))
        return Head(values, names), read_body(_render(self.body, context, "正文"))

    @property
    def bases(self) -> tuple[str, ...]:
        """依据 of the document as a whole; it is fixed text, the same for every case."""
        return tuple(filter(None, (item.render({}).strip() for item in self.head.get("依据", ()))))

    def grounds(self, facts: Mapping[str, Any]) -> tuple[tuple[tuple[str, str], tuple[str, ...]], ...]:
        """Say what each part of the body rests on: ``(role, text)`` as in the outline, then its bases.

        Raises:
            DocumentError: If the facts do not fill the template.
        """
        return tuple(grounds(self.fill(facts)[1]))


def _parts(item: jinja2.Template, context: Mapping[str, Any], key: str) -> list[str]:
    """Rendered values of a head item: a list may be written as one item with a line for each value.

    Line ends inside facts are shielded, so a value can never become two.
    """
    text = _render(item, context, key)
    return text.split("\n") if key in _LISTS else [text]


def _render(template: jinja2.Template, context: Mapping[str, Any], where: str) -> str:
    try:
        return bounds.filled(template, context, where)
    except DocumentError:
        raise
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as problem:
        raise TemplateError(f"模板“{where}”填写数据时出错：{problem}", field=where) from problem


def _compile(text: str, where: str, first_line: int = 1) -> jinja2.Template:
    tree = bounds.parse(_ENVIRONMENT, text, where, first_line)
    try:
        return _ENVIRONMENT.from_string(bounds.bounded(tree))
    except (jinja2.TemplateError, SyntaxError, RecursionError) as problem:
        raise TemplateError(f"模板“{where}”写法有误：{problem}", field=where) from problem


def _dotted(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = _dotted(node.node)
        return f"{owner}.{node.attr}" if owner else None
    return None


def _resolved(path: str, aliases: Mapping[str, str]) -> str:
    """Put in what a template's own short names stand for: after ``set f = 表.filing``, f is 表.filing."""
    root, _, rest = path.partition(".")
    seen: set[str] = set()
    while root in aliases and root not in seen:
        seen.add(root)
        root, _, more = aliases[root].partition(".")
        rest = ".".join(filter(None, (more, rest)))
    return ".".join(filter(None, (root, rest)))


def _names(text: str, where: str) -> set[str]:
    """Dotted names of the facts that a piece of template reads, loop variables left out."""
    tree = bounds.parse(_ENVIRONMENT, text, where)
    free = jinja2.meta.find_undeclared_variables(tree)
    aliases = {
        node.target.name: path
        for node in tree.find_all(nodes.Assign)
        if isinstance(node.target, nodes.Name) and (path := _dotted(node.node))
    }
    paths = {path for node in tree.find_all((nodes.Name, nodes.Getattr)) if (path := _dotted(node))}
    paths = {_resolved(path, aliases) for path in paths}
    paths = {path for path in paths if path.split(".")[0] in free}
    return {path for path in paths if not any(other.startswith(f"{path}.") for other in paths)}


def _split(source: str) -> tuple[str, str, int]:
    """Part a template into head and body; the third value is the number of the body's first line."""
    lines = source.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        raise TemplateError("模板开头要有用 --- 围起来的要素部分。")
    end = next(index for index, line in enumerate(lines) if index and line.strip() == "---")
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def _tagged(body: str, first_line: int) -> TaggedBody:
    try:
        tokens = list(_ENVIRONMENT.lex(body))
    except jinja2.TemplateSyntaxError as problem:
        line = first_line + problem.lineno - 1
        raise TemplateError(
            f"模板“正文”第 {line} 行：语法有误：{problem.message}。", field="正文"
        ) from problem
    return read_tags(body, tokens, first_line)


def _read_head(text: str) -> tuple[dict[str, tuple[str, ...]], list[TemplateError]]:
    try:
        # Every value is a text: this loader makes nothing else, no dates, no numbers, no objects.
        raw = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as problem:
        raise TemplateError(f"模板要素写法有误（以 {{{{ 开头的内容要加引号）：{problem}") from problem
    except RecursionError as problem:
        raise TemplateError("模板要素嵌套过深，请写成“名称: 内容”。") from problem
    if not isinstance(raw, dict):
        raise TemplateError("模板要素要写成“名称: 内容”。")
    faults = [
        TemplateError(f"不认识的要素“{key}”。可用的有：{'、'.join(HEAD_KEYS)}。", field=str(key))
        for key in raw
        if key not in HEAD_KEYS
    ]
    return {key: _items(key, value) for key, value in raw.items() if key in HEAD_KEYS}, faults


def _items(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        if key not in _LISTS:
            raise TemplateError(f"要素“{key}”只能有一个值。", field=key)
        return tuple(_scalar(key, item) for item in value)
    return (_scalar(key, value),)


def _scalar(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"要素“{key}”要写成文字。", field=key)
    return value


def _missing(layout: str, head: Mapping[str, tuple[str, ...]]) -> Iterator[TemplateError]:
    if layout not in LAYOUTS:
        raise TemplateError(f"版式只能是{'、'.join(LAYOUTS)}之一。", field="版式")
    missing = [key for key in _NEEDED[layout] if not any(head.get(key, ()))]
    if missing:
        yield TemplateError(f"版式“{layout}”缺少要素：{'、'.join(missing)}。", field=missing[0])


@lru_cache(maxsize=512)
def _read(source: str) -> tuple[Template, tuple[TemplateError, ...]]:
    """Return a template, and what a new one may not have though a kept one may."""
    if len(source) > bounds.MAX_SOURCE:
        raise TemplateError(f"模板太长，最多 {bounds.MAX_SOURCE} 字。")
    if any("\ud800" <= character <= "\udfff" for character in source):
        raise TemplateError("模板里有无法识别的字符。请用 UTF-8 重新保存。")
    head_text, body_text, first_line = _split(source)
    head, faults = _read_head(head_text)
    layout = "".join(head.get("版式", ()))
    faults.extend(_missing(layout, head))
    compiled = {key: tuple(_compile(item, key) for item in items) for key, items in head.items()}
    tagged = _tagged(body_text, first_line)
    body = _compile(tagged.text, "正文", first_line)
    pieces = [(item, key) for key, items in head.items() for item in items]
    template = Template(
        layout=layout,
        source=source,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        names=tuple(sorted(set().union(*(_names(*piece) for piece in [*pieces, (body_text, "正文")])))),
        head=compiled,
        body=body,
        lines=tagged.lines,
    )
    return template, tuple(faults)


def load_template(source: str | Path) -> Template:
    """Read a template from a file or from its text; the same text is compiled once.

    Args:
        source: A path, or the text itself.

    Raises:
        TemplateError: If the template is wrong.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    template, faults = _read(text)
    if faults:
        raise faults[0].with_traceback(None)  # it is kept and may be raised again
    return template


def load_kept_template(source: str) -> Template:
    """Read a template that a release keeps, whatever rules were made since.

    Raises:
        TemplateError: If it cannot be understood.
    """
    return _read(source)[0]
