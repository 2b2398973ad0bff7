// The watch list: expressions whose values the reader wants to see at every step.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { isolated } from "../labels.js";
import { shapeOfValue } from "../values/value_kinds.js";
import { describeType, ValueView } from "../values/values.jsx";
import { MAX_LENGTH, readExpression } from "./parse.js";
import { Scope } from "./scope.js";
import { watched } from "./watch.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */

/** Expressions that are watched at once. */
export const MAX_WATCHES = 20;

/** Moves the focus from a control that is about to go to the panel around it. @param {HTMLElement} control */
function focusPanel(control) {
  /** @type {HTMLElement | null} */ (control.closest(".cs336-side"))?.focus();
}

/** @param {{ text: string, scope: Scope, step: number, remove: () => void }} props */
function Watch({ text, scope, step, remove }) {
  const { value, before, changed, problem } = useMemo(
    () => watched(text, scope, step),
    [text, scope, step],
  );
  const shape = useMemo(() => shapeOfValue(value ?? null), [value]);
  const label = t("trace.watch.remove", { expression: isolated(text) });
  return (
    <div
      class={`cs336-variable cs336-watch${changed ? " cs336-changed" : ""}${shape.kind === "line" ? " cs336-in-line" : ""}`}
    >
      <dt>
        <code class="cs336-watched">{isolated(text)}</code>
        {value !== undefined && <span class="cs336-type">{describeType(value, shape)}</span>}
        {changed && (
          <span class="cs336-changed-mark">
            {before === undefined ? t("trace.new") : t("trace.changed")}
          </span>
        )}
        <button
          type="button"
          class="cs336-remove"
          title={label}
          aria-label={label}
          onClick={(event) => {
            focusPanel(event.currentTarget);
            remove();
          }}
        >
          ×
        </button>
      </dt>
      <dd>
        {value === undefined ? (
          <span class="cs336-quiet">{problem}</span>
        ) : (
          <ValueView value={value} shape={shape} before={before} />
        )}
      </dd>
    </div>
  );
}

/** @param {{ add: (text: string) => void, close: () => void }} props */
function NewWatch({ add, close }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [problem, setProblem] = useState("");
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="cs336-new-watch"
      onSubmit={(event) => {
        event.preventDefault();
        const input = /** @type {HTMLInputElement} */ (field.current);
        const text = input.value.trim();
        const { problem: found } = readExpression(text);
        setProblem(found);
        if (found) return;
        add(text);
        input.value = "";
      }}
    >
      <input
        ref={field}
        type="text"
        placeholder={t("trace.watch.example")}
        aria-label={t("trace.watch.field")}
        aria-invalid={problem !== ""}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={MAX_LENGTH}
        onInput={() => setProblem("")}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          focusPanel(event.currentTarget);
          close();
        }}
      />
      <button type="submit">{t("trace.watch.add")}</button>
      <p class="cs336-problem" role="status">
        {problem}
      </p>
    </form>
  );
}

/**
 * @param {{ index: TraceIndex, step: number, watches: readonly string[], set: (watches: string[]) => void,
 *   isAdding: boolean, setAdding: (isAdding: boolean) => void }} props
 */
export function Watches({ index, step, watches, set, isAdding, setAdding }) {
  const scope = useMemo(() => new Scope(index), [index]);
  const shown = watches.slice(0, MAX_WATCHES);
  return (
    <div class="cs336-watches" role="group" aria-label={t("trace.watch.title")}>
      {shown.length > 0 && (
        <dl class="cs336-variables">
          {shown.map((text) => (
            <Watch
              key={text}
              text={text}
              scope={scope}
              step={step}
              remove={() => set(watches.filter((other) => other !== text))}
            />
          ))}
        </dl>
      )}
      {isAdding ? (
        <NewWatch
          add={(text) => set([...new Set([...shown, text])].slice(0, MAX_WATCHES))}
          close={() => setAdding(false)}
        />
      ) : (
        <button
          type="button"
          class="cs336-add-watch"
          title={t("trace.watch")}
          onClick={() => setAdding(true)}
        >
          {t("trace.watch.short")}
        </button>
      )}
    </div>
  );
}
