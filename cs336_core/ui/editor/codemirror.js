// The editor proper, CodeMirror for Python: a bundle of its own, which code_editor.jsx loads late.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

/** Classes of the trace viewer's source, so that code looks the same in both. */
const colors = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword], class: "hljs-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "hljs-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "hljs-number" },
  {
    tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)],
    class: "hljs-title",
  },
  { tag: tags.comment, class: "hljs-comment" },
  { tag: tags.meta, class: "hljs-meta" },
]);

/** Marks the line of an error; null removes the mark. @type {import("@codemirror/state").StateEffectType<number | null>} */
const markLine = StateEffect.define();

const marks = StateField.define({
  create: () => Decoration.none,
  update(decorations, { changes, docChanged, effects, state }) {
    let marked = decorations.map(changes);
    if (docChanged) marked = Decoration.none; // the error may be gone
    for (const effect of effects) {
      if (!effect.is(markLine)) continue;
      const line = effect.value;
      marked =
        line === null || line > state.doc.lines
          ? Decoration.none
          : Decoration.set(
              Decoration.line({ class: "cs336-code-error" }).range(state.doc.line(line).from),
            );
    }
    return marked;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * The focus passes through the editor with the Tab key until the reader edits; then Tab indents, and
 * Escape lets it leave.
 */
const tabPassesUntilEdited = EditorView.domEventHandlers({
  focus: (_event, view) => {
    view.setTabFocusMode(true);
  },
  pointerdown: (_event, view) => {
    view.setTabFocusMode(false);
  },
});

/**
 * @param {{ parent: HTMLElement, code: string, label: string, describedBy: string, change: (code: string) => void }} options
 */
export function createEditor({ parent, code, label, describedBy, change }) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: code,
      extensions: [
        lineNumbers(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        indentUnit.of("    "),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        pythonLanguage,
        syntaxHighlighting(colors),
        marks,
        tabPassesUntilEdited,
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": describedBy,
          tabindex: "0", // assistive programs know what can have the focus by this
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          update.view.setTabFocusMode(false);
          change(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    /** Replaces the program; the reader can undo it. @param {string} text */
    setCode(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    /** @param {number | null} line counted from 1 */
    mark(line) {
      view.dispatch({ effects: markLine.of(line) });
    },
    /** @param {number} line counted from 1 */
    goTo(line) {
      const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
