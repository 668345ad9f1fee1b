// Changes of a model as changes of its text. The modelling libraries write a whole file anew, in their own spelling;
// here only what differs is taken over, so that everything else keeps its bytes: spelling, order, comments, blanks.

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
/** What an attribute means when it is left out; the libraries leave it out. */
const UNSAID = {
  cancelActivity: "true",
  isInterrupting: "true",
  isSequential: "false",
  isClosed: "false",
  hitPolicy: "UNIQUE",
};

function decode(text) {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) =>
    name ? (ENTITIES[name] ?? whole) : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)),
  );
}

const inText = (value) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const inAttribute = (value) =>
  inText(value).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");

/** Read well-formed XML into elements that know where in the text they stand. */
function parse(source) {
  const top = { children: [], words: "" };
  const open = [top];
  for (const token of source.matchAll(TOKEN)) {
    const [whole, data, closing, name, attributes, slash] = token;
    const here = open.at(-1);
    here.words += decode(source.slice(here.read ?? 0, token.index));
    if (data !== undefined) here.words += data;
    else if (closing) {
      open.pop();
      here.inner = token.index;
      here.end = token.index + whole.length;
    } else if (name) {
      const node = element(name, attributes, token.index, token.index + whole.length, Boolean(slash));
      here.children.push(node);
      if (!slash) open.push(node);
    }
    open.at(-1).read = token.index + whole.length;
  }
  return top;
}

function element(name, written, start, headEnd, empty) {
  const attributes = new Map();
  for (const [, key, double, single] of written.matchAll(ATTRIBUTE)) attributes.set(key, decode(double ?? single));
  return { name, attributes, start, headEnd, empty, inner: headEnd, end: headEnd, children: [], words: "" };
}

const value = (node) => (node.children.length ? "" : node.words.trim());

function sameAttributes(one, other) {
  const keys = new Set([...one.attributes.keys(), ...other.attributes.keys()]);
  return [...keys].every((key) => meant(one, key) === meant(other, key));
}

const meant = (node, key) => node.attributes.get(key) ?? UNSAID[key];

function same(one, other) {
  return (
    one.name === other.name &&
    sameAttributes(one, other) &&
    value(one) === value(other) &&
    one.children.length === other.children.length &&
    one.children.every((child, index) => same(child, other.children[index]))
  );
}

/** By what an element is known again: its id, or what else it cannot share with a sibling. */
function mark(node) {
  const known = node.attributes.get("id") ?? node.attributes.get("bpmnElement") ?? node.attributes.get("name");
  return `${node.name} ${known ?? node.attributes.get("href") ?? value(node)}`;
}

/**
 * Take the changes of `written` over into `before`.
 *
 * @param {string} before The file as it is.
 * @param {string} written The same model as a library wrote it after a change.
 */
export function graft(before, written) {
  const [old] = parse(before).children;
  const [wanted] = parse(written).children;
  if (!old || !wanted || old.name !== wanted.name) return written;
  return before.slice(0, old.start) + new Graft(before, written).merged(old, wanted, "") + before.slice(old.end);
}

class Graft {
  constructor(before, written) {
    this.before = before;
    this.written = written;
    this.slash = / \/>/.test(before) ? " />" : "/>";
  }

  merged(old, wanted, indent) {
    if (same(old, wanted)) return this.before.slice(old.start, old.end);
    const bare = !wanted.children.length && !value(wanted);
    const head = this.head(old, wanted, bare);
    if (bare) return old.empty || old.children.length || value(old) ? head : `${head}</${old.name}>`;
    if (!wanted.children.length) return `${head}${this.text(old, wanted)}</${old.name}>`;
    return `${head}${this.children(old, wanted, indent)}</${old.name}>`;
  }

  text(old, wanted) {
    return value(old) === value(wanted) && !old.children.length
      ? this.before.slice(old.headEnd, old.inner)
      : inText(wanted.words.trim());
  }

  head(old, wanted, bare) {
    const keepEmpty = bare && (old.empty || old.children.length > 0 || Boolean(value(old)));
    if (sameAttributes(old, wanted) && keepEmpty === old.empty) return this.before.slice(old.start, old.headEnd);
    const names = [
      ...old.attributes.keys(),
      ...[...wanted.attributes.keys()].filter((key) => !old.attributes.has(key)),
    ];
    const kept = names.filter(
      (key) => wanted.attributes.has(key) || (key in UNSAID && meant(wanted, key) === meant(old, key)),
    );
    const attributes = kept.map(
      (key) => ` ${key}="${inAttribute(wanted.attributes.get(key) ?? old.attributes.get(key))}"`,
    );
    return `<${old.name}${attributes.join("")}${keepEmpty ? this.slash : ">"}`;
  }

  children(old, wanted, indent) {
    const inner = this.indentOf(old) ?? `${indent}  `;
    const waiting = new Map();
    old.children.forEach((child, index) => {
      const key = mark(child);
      waiting.set(key, [...(waiting.get(key) ?? []), [child, this.gap(old, index)]]);
    });
    const places = wanted.children.map((child) => [child, waiting.get(mark(child))?.shift()]);
    // What has no mark of its own, such as a changed text, is the next of its name that nothing else is.
    const left = [...waiting.values()].flat();
    const parts = places.map(([child, found]) => {
      const at = found ? -1 : left.findIndex(([each]) => each.name === child.name && !each.attributes.has("id"));
      const [match, gap] = found ?? (at < 0 ? [] : left.splice(at, 1)[0]);
      return match ? gap + this.merged(match, child, inner) : `\n${inner}${this.fresh(child)}`;
    });
    const last = old.children.length ? this.before.slice(old.children.at(-1).end, old.inner) : `\n${indent}`;
    return parts.join("") + last;
  }

  gap(parent, index) {
    const from = index ? parent.children[index - 1].end : parent.headEnd;
    return this.before.slice(from, parent.children[index].start);
  }

  indentOf(parent) {
    const gap = parent.children.length ? this.gap(parent, 0) : "";
    return gap.includes("\n") ? gap.slice(gap.lastIndexOf("\n") + 1) : null;
  }

  fresh(node) {
    return this.written.slice(node.start, node.end).replace(/<[^<>]*>/g, (tag) =>
      tag
        .replace(/\s*\/>$/, this.slash)
        .replaceAll("&#34;", "&quot;")
        .replaceAll("&#38;", "&amp;")
        .replaceAll("&#39;", "'")
        .replaceAll("&#60;", "&lt;")
        .replaceAll("&#62;", "&gt;"),
    );
  }
}
