"""Small processes to draw: written by hand, or grown at random from a seed."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@dataclass
class Sketch:
    """A process being drawn up."""

    lanes: int = 0
    pool: bool = True
    nodes: list[tuple[str, str, str, int, str]] = field(default_factory=list)
    flows: list[tuple[str, str, str]] = field(default_factory=list)

    def node(
        self, key: str, kind: str = "userTask", *, name: str | None = None, lane: int = 0, on: str = ""
    ) -> str:
        self.nodes.append((key, kind, key if name is None else name, lane, on))
        return key

    def flow(self, source: str, target: str, name: str = "") -> None:
        self.flows.append((source, target, name))

    def chain(self, *keys: str) -> None:
        for source, target in itertools.pairwise(keys):
            self.flow(source, target)

    def xml(self) -> bytes:
        out = [f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t">']
        if self.pool:
            out.append(
                '<collaboration id="c"><participant id="pool" name="试画流程" processRef="p"/></collaboration>'
            )
        out.append('<process id="p" isExecutable="true">')
        if self.lanes:
            out.append('<laneSet id="lanes">')
            for lane in range(self.lanes):
                members = "".join(
                    f"<flowNodeRef>{key}</flowNodeRef>"
                    for key, _, _, at, on in self.nodes
                    if at == lane and not on
                )
                out.append(f'<lane id="lane_{lane}" name="单位{lane}">{members}</lane>')
            out.append("</laneSet>")
        for key, kind, name, _, on in self.nodes:
            host = f' attachedToRef="{on}"' if on else ""
            timer = "<timerEventDefinition/>" if on else ""
            out.append(f'<{kind} id="{key}" name="{name}"{host}>{timer}</{kind}>')
        for number, (source, target, name) in enumerate(self.flows):
            label = f' name="{name}"' if name else ""
            out.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"{label}/>')
        out.append("</process></definitions>")
        return "".join(out).encode()


def grown(seed: int) -> bytes:
    """A sound process of sequences, choices, parallel work, loops, detours and timers over some lanes."""
    return _Growth(seed).run()


class _Growth:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - shapes, not secrets
        self.sketch = Sketch(lanes=self.chance.choice([0, 1, 2, 3, 5]), pool=self.chance.random() < 0.8)
        self.count = 0

    def run(self) -> bytes:
        start = self.new("startEvent", "提出")
        last = self.block(start, 3)
        self.sketch.flow(last, self.new("endEvent", "办结"))
        return self.sketch.xml()

    def new(self, kind: str, name: str, lane: int | None = None) -> str:
        self.count += 1
        at = self.chance.randrange(max(1, self.sketch.lanes)) if lane is None else lane
        return self.sketch.node(f"n{self.count}", kind, name=name, lane=at)

    def block(self, before: str, depth: int) -> str:
        for _ in range(self.chance.randint(1, 3)):
            grow = self.chance.choice(
                [self.task, self.choice, self.together, self.loop, self.detour, self.late]
            )
            before = self.task(before, depth) if depth == 0 else grow(before, depth)
        return before

    def task(self, before: str, depth: int) -> str:
        task = self.new("userTask", f"办理第{depth}项")
        self.sketch.flow(before, task)
        return task

    def choice(self, before: str, depth: int) -> str:
        split = self.new("exclusiveGateway", "结论如何？")
        join = self.new("exclusiveGateway", "")
        self.sketch.flow(before, split)
        for number in range(self.chance.randint(2, 3)):
            if number == 0 and self.chance.random() < 0.4:
                self.sketch.flow(split, join, "免办")
                continue
            task = self.new("userTask", "分支办理")
            self.sketch.flow(split, task, f"结论{number}")
            self.sketch.flow(self.block(task, depth - 1) if depth > 1 else task, join)
        return join

    def together(self, before: str, depth: int) -> str:
        split, join = self.new("parallelGateway", ""), self.new("parallelGateway", "")
        self.sketch.flow(before, split)
        for _ in range(self.chance.randint(2, 4)):
            task = self.new("userTask", "会同办理")
            self.sketch.flow(split, task)
            self.sketch.flow(self.block(task, depth - 1) if depth > 2 else task, join)
        return join

    def loop(self, before: str, depth: int) -> str:
        first = self.new("userTask", "起草")
        self.sketch.flow(before, first)
        last = self.block(first, depth - 1)
        gateway = self.new("exclusiveGateway", "通过？")
        self.sketch.flow(last, gateway)
        self.sketch.flow(gateway, first, "退回")
        after = self.new("userTask", "签发")
        self.sketch.flow(gateway, after, "通过")
        return after

    def detour(self, before: str, depth: int) -> str:
        del depth
        first = self.new("userTask", "审查")
        gateway = self.new("exclusiveGateway", "齐全？")
        self.sketch.chain(before, first, gateway)
        last = gateway
        for number in range(self.chance.randint(1, 4)):
            step = self.new("serviceTask", "补正")
            self.sketch.flow(last, step, "" if number else "补正")
            last = step
        self.sketch.flow(last, first)
        after = self.new("userTask", "受理")
        self.sketch.flow(gateway, after, "齐全")
        return after

    def late(self, before: str, depth: int) -> str:
        task = self.task(before, depth)
        lane = next(at for key, _, _, at, _ in self.sketch.nodes if key == task)
        self.count += 1
        timer = self.sketch.node(f"n{self.count}", "boundaryEvent", name="5个工作日", lane=lane, on=task)
        reminder = self.new("serviceTask", "催办")
        self.sketch.chain(timer, reminder, self.new("endEvent", "已催办"))
        return task
