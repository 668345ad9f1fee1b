"""Small DMN models, written as text."""

from __future__ import annotations

from xml.sax.saxutils import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*parts: str, namespace: str = NAMESPACE) -> str:
    """A model around its parts."""
    return f'<definitions xmlns="{namespace}" id="m" name="测试" namespace="urn:test">{"".join(parts)}</definitions>'


def text(content: str) -> str:
    return f"<text>{escape(content)}</text>"


def input_data(name: str, kind: str = "Any", key: str | None = None) -> str:
    return (
        f'<inputData id="{key or name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
    )


def needs(
    *, inputs: tuple[str, ...] = (), decisions: tuple[str, ...] = (), knowledge: tuple[str, ...] = ()
) -> str:
    made = [
        f'<informationRequirement><requiredInput href="#{key}"/></informationRequirement>' for key in inputs
    ]
    made += [
        f'<informationRequirement><requiredDecision href="#{key}"/></informationRequirement>'
        for key in decisions
    ]
    made += [
        f'<knowledgeRequirement><requiredKnowledge href="#{key}"/></knowledgeRequirement>'
        for key in knowledge
    ]
    return "".join(made)


def literal(content: str) -> str:
    return f"<literalExpression>{text(content)}</literalExpression>"


def decision(key: str, logic: str, *, requires: str = "", kind: str = "Any", name: str | None = None) -> str:
    variable = f'<variable name="{key}" typeRef="{kind}"/>'
    return f'<decision id="{key}" name="{name or key}">{variable}{requires}{logic}</decision>'


def column(label: str, expression: str | None = None, kind: str = "", allowed: str = "") -> str:
    values = f"<inputValues>{text(allowed)}</inputValues>" if allowed else ""
    type_ref = f' typeRef="{kind}"' if kind else ""
    source = text(expression or label)
    return f'<input id="in_{label}" label="{label}"><inputExpression{type_ref}>{source}</inputExpression>{values}</input>'


def output(name: str, kind: str = "", values: str = "", default: str = "") -> str:
    listed = f"<outputValues>{text(values)}</outputValues>" if values else ""
    fallback = f"<defaultOutputEntry>{text(default)}</defaultOutputEntry>" if default else ""
    type_ref = f' typeRef="{kind}"' if kind else ""
    return f'<output id="out_{name}" name="{name}"{type_ref}>{listed}{fallback}</output>'


def rule(tests: list[str], outputs: list[str], notes: list[str] | None = None, key: str = "") -> str:
    cells = "".join(f"<inputEntry>{text(cell)}</inputEntry>" for cell in tests)
    results = "".join(f"<outputEntry>{text(cell)}</outputEntry>" for cell in outputs)
    remarks = "".join(f"<annotationEntry>{text(note)}</annotationEntry>" for note in notes or [])
    identity = f' id="{key}"' if key else ""
    return f"<rule{identity}>{cells}{results}{remarks}</rule>"


def table(
    policy: str,
    columns: list[str],
    outputs: list[str],
    rules: list[str],
    *,
    notes: tuple[str, ...] = (),
    aggregation: str = "",
) -> str:
    total = f' aggregation="{aggregation}"' if aggregation else ""
    headings = "".join(f'<annotation name="{note}"/>' for note in notes)
    body = "".join([*columns, *outputs, headings, *rules])
    return f'<decisionTable id="t" hitPolicy="{policy}"{total}>{body}</decisionTable>'


def one_table(policy: str, columns: list[str], outputs: list[str], rules: list[str], **more: object) -> str:
    """A model of a single decision `d` with one table."""
    return definitions(decision("d", table(policy, columns, outputs, rules, **more)))  # type: ignore[arg-type]


def function(name: str, parameters: dict[str, str], logic: str, kind: str = "Any", requires: str = "") -> str:
    """A business knowledge model."""
    formal = "".join(f'<formalParameter name="{key}" typeRef="{of}"/>' for key, of in parameters.items())
    body = f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>"
    variable = f'<variable name="{name}" typeRef="{kind}"/>'
    return f'<businessKnowledgeModel id="{name}" name="{name}">{variable}{body}{requires}</businessKnowledgeModel>'


def service(
    name: str,
    outputs: tuple[str, ...],
    *,
    inputs: tuple[str, ...] = (),
    decisions: tuple[str, ...] = (),
    kind: str = "Any",
) -> str:
    """A decision service whose parameters are the inputs, then the decisions."""
    parts = [f'<outputDecision href="#{key}"/>' for key in outputs]
    parts += [f'<inputDecision href="#{key}"/>' for key in decisions]
    parts += [f'<inputData href="#{key}"/>' for key in inputs]
    variable = f'<variable name="{name}" typeRef="{kind}"/>'
    return f'<decisionService id="{name}" name="{name}">{variable}{"".join(parts)}</decisionService>'
