// Properties of a pack on an element of BPMN: read from its extension, written through the command stack, so that
// every change can be undone.

const extension = (bo, type) => bo.extensionElements?.values?.find((each) => each.$type === `spiffworkflow:${type}`);

const listOf = (bo) => extension(bo, "Properties")?.properties ?? [];

export function propertyOf(bo, name) {
  return listOf(bo).find((each) => each.name === name)?.value ?? "";
}

/** Set a property, or take it away with an empty value; the others keep their order. */
export function setProperty(modeler, element, bo, name, value) {
  const present = listOf(bo);
  const at = present.findIndex((each) => each.name === name);
  const entry = value ? [create(modeler, "Property", { name, value })] : [];
  const next = at < 0 ? [...present, ...entry] : [...present.slice(0, at), ...entry, ...present.slice(at + 1)];
  const holder = extension(bo, "Properties");
  if (holder && next.length) {
    adopt(holder, next);
    change(modeler, element, holder, { properties: next });
  } else if (holder) {
    replaceExtension(modeler, element, bo, holder, null);
  } else if (next.length) {
    replaceExtension(modeler, element, bo, null, withChildren(modeler, "Properties", "properties", next));
  }
}

export function operatorOf(bo) {
  return extension(bo, "ServiceTaskOperator");
}

/** Name another service; parameters that the new one knows too are kept. */
export function setOperator(modeler, element, bo, name, known) {
  const old = operatorOf(bo);
  if (!name) {
    if (old) replaceExtension(modeler, element, bo, old, null);
    return;
  }
  const kept = parametersOf(bo).filter((each) => known(each.id));
  const next = create(modeler, "ServiceTaskOperator", { id: name, resultVariable: old?.resultVariable });
  next.parameterList = withChildren(
    modeler,
    "Parameters",
    "parameters",
    kept.map((each) => copy(modeler, each)),
  );
  next.parameterList.$parent = next;
  replaceExtension(modeler, element, bo, old ?? null, next);
}

export function parametersOf(bo) {
  return operatorOf(bo)?.parameterList?.parameters ?? [];
}

/** Set the FEEL text of a parameter; without a text the parameter goes. The list stays: its schema wants one. */
export function setParameter(modeler, element, bo, { id, type }, value) {
  const operator = operatorOf(bo);
  const present = parametersOf(bo);
  const at = present.findIndex((each) => each.id === id);
  const entry = value ? [create(modeler, "Parameter", { id, type: present[at]?.type ?? type, value })] : [];
  const next = at < 0 ? [...present, ...entry] : [...present.slice(0, at), ...entry, ...present.slice(at + 1)];
  if (operator.parameterList) {
    adopt(operator.parameterList, next);
    change(modeler, element, operator.parameterList, { parameters: next });
  } else {
    const list = withChildren(modeler, "Parameters", "parameters", next);
    list.$parent = operator;
    change(modeler, element, operator, { parameterList: list });
  }
}

export function setResultVariable(modeler, element, bo, value) {
  change(modeler, element, operatorOf(bo), { resultVariable: value || undefined });
}

/** Change a part of an element as one step that can be undone. */
export function change(modeler, element, part, values) {
  modeler.get("modeling").updateModdleProperties(element, part, values);
}

/** A FEEL text where BPMN wants an expression; none for an empty one. */
export function expression(modeler, text, parent) {
  if (!text) return undefined;
  const made = modeler.get("bpmnFactory").create("bpmn:FormalExpression", { body: text });
  made.$parent = parent;
  return made;
}

function create(modeler, type, values) {
  return modeler.get("moddle").create(`spiffworkflow:${type}`, values);
}

const copy = (modeler, each) => create(modeler, "Parameter", { id: each.id, type: each.type, value: each.value });

function withChildren(modeler, type, name, children) {
  const made = create(modeler, type, { [name]: children });
  adopt(made, children);
  return made;
}

function adopt(parent, children) {
  for (const child of children) child.$parent = parent;
}

function replaceExtension(modeler, element, bo, old, next) {
  const present = bo.extensionElements?.values ?? [];
  const values = old ? present.map((each) => (each === old ? next : each)).filter(Boolean) : [...present, next];
  if (bo.extensionElements && values.length) {
    adopt(bo.extensionElements, values);
    change(modeler, element, bo.extensionElements, { values });
    return;
  }
  const extensionElements = values.length
    ? modeler.get("bpmnFactory").create("bpmn:ExtensionElements", { values })
    : undefined;
  if (extensionElements) {
    extensionElements.$parent = bo;
    adopt(extensionElements, values);
  }
  change(modeler, element, bo, { extensionElements });
}
