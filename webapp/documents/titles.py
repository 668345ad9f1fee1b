"""Breaking a title into centred lines of a trapezium or lozenge, never inside a word.

The standard asks for whole words and for 梯形 or 菱形. Chinese has no spaces between words, so
the words known here are those that stand in facts (names of markets and bodies) and the ones that
titles of official documents are made of.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from webapp.documents.faces import Face, width
from webapp.documents.lines import NO_END, NO_START

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORDS = frozenset(
    re.findall(
        r"\S+",
        "关于 认定 不予 同意 申请 报告 批复 复函 征求 意见 受理 补正 通知 通知书 告知书 告知 现场 "
        "核查 核查表 零工市场（驿站） 零工市场 零工驿站 零工 市场 驿站 通州区 北京市 人民政府 街道 "
        "办事处 街道办事处 人力资源 社会保障局 人力资源和社会保障局 年度 考核 评价 整改 材料 事项 "
        "办理 撤回 建设 规范化 建设和管理 有关 印发 实施 意见 负责人 领导 核定 金额 大写 统一 社会 "
        "信用 代码 单位 审核 经办人 科室 签字 盖章 公布 开展 做好 工作 信息 基本 报送 秩序 维护 星级 "
        "评定 结果 通报 运营 代收人 理由 拒收 事由 见证人 签名",
    )
)
_NO_LINE_START = frozenset("的和与及等")
_FORBIDDEN = 10_000.0
_IN_NAME = 40.0
_IN_WORD = 60.0
_ABOUT = "关于"
_RUNS_ON = 35.0  # 关于 begins what the title is about: it wants a line of its own behind who wrote it
_BAD = 30.0  # from here on, one line more is less harmful
_LINE_MORE = 12.0
_MOST_LINES = 3


def _spans(text: str, words: Iterable[str]) -> list[float]:
    """Cost of a break before each character."""
    cost = [0.0] * (len(text) + 1)
    for word in words:
        start = text.find(word)
        while start >= 0:
            price = _IN_WORD if word in _WORDS else _IN_NAME
            for index in range(start + 1, start + len(word)):
                cost[index] = max(cost[index], price)
            start = text.find(word, start + 1)
    for index in range(1, len(text)):
        before, after = text[index - 1], text[index]
        if after in NO_START or before in NO_END or (_latin(before) and _latin(after)):
            cost[index] = _FORBIDDEN
        elif after in _NO_LINE_START:
            cost[index] += 20
    return cost


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _shape(lengths: Sequence[int], *, even: bool) -> float:
    """Cost of the outline: neither a block of equal lines, unless it may be even, nor a waist."""
    cost = float(max(lengths) - min(lengths))
    if len(lengths) > _MOST_LINES - 1:
        cost += 15 * sum(
            1 for i in range(1, len(lengths) - 1) if lengths[i] < min(lengths[i - 1], lengths[i + 1])
        )
    if not even:
        cost += 4 * sum(1 for a, b in pairwise(lengths) if a == b)
    return cost


def break_title(
    text: str,
    size: float,
    measure: float,
    *,
    face: Face = "小标宋",
    names: Iterable[str] = (),
    even: bool = False,
) -> list[str]:
    """Break a title into the fewest lines that fit, at the least harmful places.

    It gets one line more where it would else be broken inside a word, or where what it is about would
    begin in the line of who wrote it.

    Args:
        text: The whole title.
        size: Type size in points.
        measure: Widest allowed line in points.
        face: Type face.
        names: Proper names that should stay whole.
        even: Lines of equal length are welcome, as in the cell of a table.

    Raises:
        MissingGlyph: If no font has one of the characters.
    """
    if width(text, face, size) <= measure:
        return [text]
    words = [*_WORDS, *(name for name in names if 1 < len(name) < len(text))]
    cost = _spans(text, words)
    advance = [width(character, face, size) for character in text]
    about = max(text.find(_ABOUT), 0)
    fewest = -int(-sum(advance) // measure)
    for count in range(fewest, len(text)):
        best = _best(advance, cost, count, measure, about, even=even)
        if best is None:
            continue
        if best[0] >= _BAD and count < _MOST_LINES:
            more = _best(advance, cost, count + 1, measure, about, even=even)
            best = more if more and more[0] + _LINE_MORE < best[0] else best
        return [text[a:b] for a, b in pairwise(best[1])]
    return list(text)


def _best(
    advance: Sequence[float], cost: Sequence[float], count: int, measure: float, about: int, *, even: bool
) -> tuple[float, tuple[int, ...]] | None:
    """Price and cheapest cuts ``(0, …, len)`` into exactly this many lines, or None if none is allowed."""
    total = len(advance)
    if count > _MOST_LINES:
        return 0.0, _greedy(advance, cost, count, measure)
    found: list[tuple[float, tuple[int, ...]]] = []

    def extend(cuts: tuple[int, ...], price: float) -> None:
        start, left = cuts[-1], count - len(cuts) + 1
        used = 0.0
        for end in range(start + 1, total + 1):
            used += advance[end - 1]
            if used > measure:
                return
            if left == 1:
                if end == total:
                    lengths = [b - a for a, b in pairwise((*cuts, end))]
                    runs_on = 0.0 if about in cuts else _RUNS_ON
                    found.append((price + runs_on + _shape(lengths, even=even), (*cuts, end)))
            elif cost[end] < _FORBIDDEN:
                extend((*cuts, end), price + cost[end])

    extend((0,), 0.0)
    return min(found) if found else None


def _greedy(advance: Sequence[float], cost: Sequence[float], count: int, measure: float) -> tuple[int, ...]:
    """Lines of about equal length for a very long title."""
    target = max(sum(advance) / count, measure * 0.8)
    cuts, used = [0], 0.0
    for index, step in enumerate(advance):
        if used + step > measure or (used + step > target and cost[index] < _FORBIDDEN):
            cuts.append(index)
            used = 0.0
        used += step
    return (*cuts, len(advance))
