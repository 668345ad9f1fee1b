// Which groups of fields an element has.
import { isA, processOf } from "./modeler.js";
import { flowGroups, gatewayGroups } from "./flows.js";
import { eventGroups, loopGroup } from "./events.js";
import { generalGroup } from "./general.js";
import { laneGroups, processGroups } from "./process.js";
import { ruleGroups, serviceGroups } from "./services.js";
import { userGroups } from "./steps.js";

const GROUPS = [
  [["Lane"], laneGroups],
  [["UserTask"], userGroups],
  [["ServiceTask"], serviceGroups],
  [["BusinessRuleTask"], ruleGroups],
  [["ExclusiveGateway", "InclusiveGateway"], gatewayGroups],
  [["SequenceFlow"], flowGroups],
  [["Event", "ReceiveTask", "CallActivity"], eventGroups],
];

/** Groups of the chosen element; of the process where nothing is chosen. */
export function groupsOf(modeler, element, context) {
  const process = processOf(modeler);
  if (!element || isA(element, "Participant") || !isA(element, "BaseElement")) {
    return processGroups({ modeler, ...process, context, process });
  }
  const given = { modeler, element, bo: element.businessObject, context, process };
  const own = GROUPS.filter(([types]) => isA(element, ...types)).flatMap(([, groups]) => groups(given));
  const loop = isA(element, "Activity") ? [loopGroup(given)] : [];
  return [generalGroup(given), ...own, ...loop];
}
