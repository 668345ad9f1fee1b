// Gateways that choose, and the flows that leave them: conditions and the way that is taken otherwise.
import { basisGroup } from "./general.js";
import { isA, titleOf } from "./modeler.js";
import { expression } from "./properties.js";
import { feelField } from "./services.js";

export function gatewayGroups(given) {
  const { modeler, element, bo } = given;
  const ways = element.outgoing.filter((each) => isA(each, "SequenceFlow"));
  if (ways.length < 2) return [basisGroup(given)];
  return [
    {
      title: "走哪条路",
      fields: [
        {
          id: "default",
          kind: "select",
          label: "都不符合时走",
          help: "走更稳妥的一条",
          value: bo.default?.id ?? "",
          choices: ways.map((way) => [way.id, wayTitle(way)]),
          commit: (id) =>
            modeler
              .get("modeling")
              .updateProperties(element, { default: ways.find((way) => way.id === id)?.businessObject }),
        },
        ...ways
          .filter((way) => way.businessObject !== bo.default)
          .map((way) => conditionField(given, way, `去“${wayTitle(way)}”的条件`)),
      ],
    },
    basisGroup(given),
  ];
}

const wayTitle = (way) => way.businessObject.name || titleOf(way.target.businessObject);

export function flowGroups(given) {
  const { element, modeler } = given;
  const source = element.source;
  if (!isA(source, "ExclusiveGateway", "InclusiveGateway") || source.outgoing.length < 2) return [];
  const isDefault = source.businessObject.default === element.businessObject;
  return [
    {
      title: "条件",
      fields: [
        {
          id: "is-default",
          kind: "flag",
          label: "其他各条都不符合时走这条",
          value: isDefault,
          commit: (on) =>
            modeler.get("modeling").updateProperties(source, { default: on ? element.businessObject : undefined }),
        },
        !isDefault && conditionField(given, element, "走这条的条件"),
      ],
    },
  ];
}

function conditionField(given, way, label) {
  const { modeler } = given;
  const flow = way.businessObject;
  return feelField(given, `way-${way.id}`, label, flow.conditionExpression?.body ?? "", (text) =>
    modeler.get("modeling").updateProperties(way, { conditionExpression: expression(modeler, text, flow) }),
  );
}
