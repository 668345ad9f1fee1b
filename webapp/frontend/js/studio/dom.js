// Elements made in one expression. Texts become text nodes: nothing that was typed is ever read as HTML.

/** Make an element; `on` holds listeners, `dataset` data attributes, and every other entry is an attribute. */
export function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  const { on = {}, dataset = {}, ...attributes } = given;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  Object.assign(node.dataset, dataset);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Options of a select from pairs of value and label; a value that none of them has stays choosable. */
export function options(pairs, chosen, empty = "（未设置）") {
  const known = pairs.some(([value]) => value === chosen);
  const rows = [["", empty], ...pairs, ...(chosen && !known ? [[chosen, `${chosen}（不存在）`]] : [])];
  return rows.map(([value, label]) => make("option", { value, selected: value === chosen }, label));
}

export function clockTime(instant) {
  const shape = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" };
  return new Date(instant).toLocaleTimeString("zh-CN", shape);
}
