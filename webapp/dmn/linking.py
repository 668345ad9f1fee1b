"""Join a model with the models that it imports."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from webapp.dmn.errors import DmnSyntaxError
from webapp.dmn.model import Decision, Definitions
from webapp.dmn.reading import read
from webapp.dmn.typing import Types
from webapp.feel import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.dmn.model import Element

_MAX_MODELS: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """A model and the models behind its imports.

    Attributes:
        imports: by the name that the model gives to each.
        types: the types that it sees, its own and imported ones.
        odd_names: names of entries and imported elements that FEEL reads as one only when it is told.
    """

    model: Definitions
    imports: Mapping[str, Linked]
    types: Types
    odd_names: frozenset[str] = field(repr=False)

    def find(self, key: str) -> Found | None:
        """Find what a requirement names, here or in an imported model; None when it does not exist."""
        element = self.model.elements.get(key)
        if element is not None:
            return Found(self, "", element)
        namespace, _, rest = key.rpartition("#")
        for name, linked in self.imports.items():
            if linked.model.namespace == namespace and rest in linked.model.elements:
                return Found(linked, name, linked.model.elements[rest])
        return None

    def reaches(self, goal: Element) -> bool:
        """Whether a decision requires itself, directly or through others."""
        seen: set[int] = set()
        pending = list(self._required(goal))
        while pending:
            found = pending.pop()
            if found.element is goal:
                return True
            if id(found.element) not in seen:
                seen.add(id(found.element))
                pending.extend(found.linked._required(found.element))  # noqa: SLF001 the same class
        return False

    def _required(self, element: Element) -> Iterator[Found]:
        keys = element.requires if isinstance(element, Decision) else ()
        yield from filter(None, map(self.find, keys))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An element, the model that it stands in, and the import's name by which it was reached, or empty."""

    linked: Linked
    prefix: str
    element: Element


def link(source: bytes | str, imports: Mapping[str, bytes | str]) -> Linked:
    """Read a model and all that it imports.

    Args:
        source: the DMN model.
        imports: sources that may be imported; they are found by their namespace, whatever they are called.

    Raises:
        DmnSyntaxError: when a source is no DMN model, one is missing, or they import each other in a circle.
    """
    found: dict[str, Definitions] = {}
    root = read(source)
    if root.imports:
        if len(imports) > _MAX_MODELS:
            raise DmnSyntaxError(f"导入的决策模型过多，最多{_MAX_MODELS}个")
        found = {model.namespace: model for model in map(read, imports.values())}
    return _linked(root, found, {}, ())


def needed(source: bytes | str, others: Mapping[str, bytes | str]) -> frozenset[str]:
    """Return the names of the sources that a model imports, directly or through others; those that are given.

    A source that is no DMN model needs none and is none that is needed: reading it says what is wrong.
    """
    waiting, found = [model for _, model in _readable({"": source}) if model.imports], set[str]()
    models = dict(_readable(others)) if waiting else {}
    while waiting:
        spaces = {wanted.namespace for wanted in waiting.pop().imports}
        more = {name for name, other in models.items() if other.namespace in spaces} - found
        waiting += [models[name] for name in more]
        found |= more
    return frozenset(found)


def _readable(sources: Mapping[str, bytes | str]) -> Iterator[tuple[str, Definitions]]:
    for name, source in sources.items():
        with suppress(DmnSyntaxError):
            yield name, read(source)


def _linked(
    model: Definitions, found: Mapping[str, Definitions], done: dict[str, Linked], way: tuple[str, ...]
) -> Linked:
    if model.namespace in done:
        return done[model.namespace]
    way = (*way, model.namespace)
    imports: dict[str, Linked] = {}
    for wanted in model.imports:
        target = found.get(wanted.namespace)
        if target is None:
            missing = wanted.name or wanted.namespace
            raise DmnSyntaxError(f"没有提供所导入的决策模型“{missing}”", element=wanted.name)
        if wanted.namespace in way:
            raise DmnSyntaxError(f"决策模型“{model.name}”与“{target.name}”循环导入", element=wanted.name)
        imports[wanted.name] = _linked(target, found, done, way)
    types = Types(model.types, {name: linked.types for name, linked in imports.items()})
    linked = Linked(model, imports, types, _odd_names(model, imports))
    done[model.namespace] = linked
    return linked


def _odd_names(model: Definitions, imports: Mapping[str, Linked]) -> frozenset[str]:
    names = {part for item in model.types.values() for part in item.components}
    for linked in imports.values():
        names.update(element.variable for element in linked.model.elements.values())
        names.update(linked.odd_names)
    return frozenset(name for name in names if not is_plain(name))


def input_value(element: Element, namespace: str, inputs: Mapping[str, object]) -> object:
    """Give what the caller handed over for an input: under `namespace#name`, else under its name."""
    qualified = f"{namespace}#{element.variable}"
    return inputs[qualified] if qualified in inputs else inputs.get(element.variable)
