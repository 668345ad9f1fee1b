// A text with line numbers, search and undo. Styles that the editor makes itself carry the page's nonce.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { linter, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";

const PHRASES = {
  Find: "查找",
  Replace: "替换为",
  next: "下一个",
  previous: "上一个",
  all: "全部选中",
  "match case": "区分大小写",
  "by word": "整词",
  regexp: "正则",
  replace: "替换",
  "replace all": "全部替换",
  close: "关闭",
  "current match": "当前一处",
  "replaced $ matches": "已替换 $ 处",
  "replaced match on line $": "已替换第 $ 行的一处",
  "on line": "在第…行",
};

/** Words of one kind of file that are coloured: each pattern with a class. */
function coloured(patterns) {
  return patterns.map(([regexp, name]) => {
    const matcher = new MatchDecorator({ regexp, decoration: Decoration.mark({ class: name }) });
    return ViewPlugin.fromClass(
      class {
        constructor(view) {
          this.decorations = matcher.createDeco(view);
        }

        update(change) {
          this.decorations = matcher.updateDeco(change, this.decorations);
        }
      },
      { decorations: (plugin) => plugin.decorations },
    );
  });
}

/**
 * Type over a selection ourselves: a browser that joins lines writes styles into them, which the policy refuses.
 */
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || !event.data || event.isComposing) return false;
    if (view.state.readOnly || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

export function createCode(parent, { text, label, patterns = [], readOnly = false, changed }) {
  const nonce = document.querySelector("script[nonce]")?.nonce ?? "";
  const separator = text.includes("\r\n") ? "\r\n" : "\n";
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.phrases.of(PHRASES),
        EditorState.lineSeparator.of(separator),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.lineWrapping,
        lineNumbers(),
        highlightActiveLine(),
        history(),
        TYPED_OVER,
        search({ top: true }),
        highlightSelectionMatches(),
        linter(null),
        lintGutter(),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
        ...coloured(patterns),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
      ],
    }),
  });
  return {
    view,
    text: () => view.state.sliceDoc(),
    insert: (words) => {
      view.dispatch(view.state.replaceSelection(words));
      view.focus();
    },
    mark: (findings) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          findings.map((each) => diagnostic(view.state.doc, each)),
        ),
      ),
    goTo: (line) => {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
      view.focus();
    },
  };
}

/** Line that a finding names, in a field of its own or in its words; the first without one. */
export function lineOf(finding) {
  const named = /第 ?(\d+) ?行/.exec(`${finding.element} ${finding.reason}`);
  return finding.line ?? (named ? Number(named[1]) : 1);
}

function diagnostic(doc, finding) {
  const line = doc.line(Math.min(Math.max(lineOf(finding), 1), doc.lines));
  return {
    from: line.from,
    to: line.to,
    severity: finding.severity === "warning" ? "warning" : "error",
    message: `${finding.reason}${finding.mend ?? ""}`,
  };
}
