// The side panel: variables of the calls in progress, and the program's output.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../ui/icons.jsx";
import { formatNumber, plural, t } from "../ui/strings.js";
import { functionName, isolated } from "./labels.js";
import { SharedMarks } from "./shared_marks.jsx";
import { keptCalls } from "./trace/kept_calls.js";
import { sharedAt } from "./trace/same_objects.js";
import { callsAt, otherVariables, sameAt, variablesOf } from "./trace/trace_index.js";
import { shapeOfValue } from "./values/value_kinds.js";
import { describeType, ValueView } from "./values/values.jsx";

/** @typedef {import("./trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("./trace/trace_index.js").Variable} Variable */
/** @typedef {import("./trace/call.js").Call} Call */
/** @typedef {import("./trace/navigation.js").Followed} Followed */

/** Steps whose output is shown, and characters of output per step. */
const MAX_OUTPUT_STEPS = 400;
const MAX_OUTPUT = 20_000;
/** Variables of a call, and callers, that are shown. */
const MAX_VARIABLES = 200;
const MAX_CALLERS = 50;
/** Callers that are searched for variables. */
const MAX_SEARCHED = 5_000;

/**
 * @typedef {{ followed: Followed | null, follow: (variable: Followed | null) => void,
 *   goToChange: (direction: 1 | -1) => void }} Following
 * @typedef {{ following: Following, index: TraceIndex, shared: ReturnType<typeof sharedAt> }} Context
 */

/**
 * A row, which is rendered again only if something in it has changed.
 * @param {{ variable: Variable, context: Context }} props
 */
function Row({ variable, context: { following, index, shared } }) {
  const { name, call, value, before, changed } = variable;
  const { followed } = following;
  const isFollowed = followed?.name === name && followed.function === call.function;
  const marks = shared.get(call.number)?.get(name);
  const marked = JSON.stringify(marks); // another step may have equal marks
  return useMemo(
    () => (
      <VariableView variable={variable} isFollowed={isFollowed} following={following}>
        {marks && <SharedMarks shared={marks} call={call} calls={index.byNumber} />}
      </VariableView>
    ),
    [name, call, value, before, changed, isFollowed, marked],
  );
}

/**
 * @param {{ variable: Variable, isFollowed: boolean, following: Following,
 *   children: import("preact").ComponentChildren }} props `children`: what follows the value
 */
function VariableView({ variable, isFollowed, following: { follow, goToChange }, children }) {
  const { name, call, value, before, changed } = variable;
  const shape = useMemo(() => shapeOfValue(value), [value]);
  // Memoized, so that an unchanged value is not rendered again.
  const valueView = useMemo(
    () => <ValueView value={value} shape={shape} before={before} />,
    [shape, before],
  );
  const type = useMemo(() => describeType(value, shape), [shape]);
  return (
    <div
      class={`cs336-variable${changed ? " cs336-changed" : ""}${shape.kind === "line" ? " cs336-in-line" : ""}`}
    >
      <dt>
        <button
          type="button"
          class="cs336-name"
          aria-pressed={isFollowed}
          title={t("trace.follow", { name: isolated(name) })}
          onClick={() => follow(isFollowed ? null : { function: call.function, name })}
        >
          {isolated(name)}
        </button>
        <span class="cs336-type">{type}</span>
        {changed && (
          <span class="cs336-changed-mark">
            {before === undefined ? t("trace.new") : t("trace.changed")}
          </span>
        )}
        {isFollowed && (
          <span class="cs336-buttons">
            <button
              type="button"
              title={t("trace.changeBack")}
              aria-label={t("trace.changeBack")}
              onClick={() => goToChange(-1)}
            >
              <Icon name="back" />
            </button>
            <button
              type="button"
              title={t("trace.change")}
              aria-label={t("trace.change")}
              onClick={() => goToChange(1)}
            >
              <Icon name="forward" />
            </button>
          </span>
        )}
      </dt>
      <dd>{valueView}</dd>
      {children}
    </div>
  );
}

/** @param {{ variables: Variable[], context: Context }} props */
function Rows({ variables, context }) {
  const hidden = variables.length - MAX_VARIABLES;
  return (
    <>
      <dl class="cs336-variables">
        {variables.slice(0, MAX_VARIABLES).map((variable) => (
          <Row
            key={`${variable.call.number} ${variable.name}`}
            variable={variable}
            context={context}
          />
        ))}
      </dl>
      {hidden > 0 && (
        <p class="cs336-quiet">
          {t("trace.variables.more", { n: formatNumber(hidden), shown: MAX_VARIABLES })}
        </p>
      )}
    </>
  );
}

/**
 * The variables of a call, drawn only while they are in view.
 * @param {{ isInView: boolean, variables: Variable[], context: Context }} props
 */
function Kept({ isInView, variables, context }) {
  const drawn = useRef(/** @type {import("preact").ComponentChild} */ (null));
  if (isInView)
    drawn.current = variables.length ? (
      <Rows variables={variables} context={context} />
    ) : (
      <p class="cs336-quiet">{t("trace.variables.none")}</p>
    );
  return <div class={isInView ? undefined : "cs336-away"}>{drawn.current}</div>;
}

/**
 * Variables that stay folded until the reader opens them.
 * @param {{ title: string, variables: Variable[], context: Context }} props
 */
function Folded({ title, variables, context }) {
  const [open, setOpen] = useState(false);
  if (!variables.length) return null;
  const changed = variables.some((variable) => variable.changed);
  return (
    <details
      class="cs336-caller"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {title} <span class="cs336-quiet">{plural("trace.variables.count", variables.length)}</span>
        {changed && <span class="cs336-changed-mark">{t("trace.changed")}</span>}
      </summary>
      {open && <Rows variables={variables} context={context} />}
    </details>
  );
}

/** Scrolls the panel to the first changed variable, if it is out of view. @param {HTMLElement} panel */
export function scrollToChange(panel) {
  const changed = panel.querySelector(".cs336-state .cs336-changed:not(.cs336-away *)");
  if (!(changed instanceof HTMLElement)) return;
  const pinned = panel.querySelector(".cs336-watches:has(dl, form)");
  const covered = pinned instanceof HTMLElement ? pinned.offsetHeight : 0;
  const top = changed.offsetTop;
  const bottom = top + Math.min(changed.offsetHeight, panel.clientHeight / 2);
  if (top < panel.scrollTop + covered || bottom > panel.scrollTop + panel.clientHeight)
    panel.scrollTop = top - Math.max(covered, panel.clientHeight / 3);
}

/** The same order at every step: an element that moves is laid out again. @param {Call} a @param {Call} b */
const inOrder = (a, b) => a.number - b.number;

/** @param {{ index: TraceIndex, step: number, following: Following }} props */
export function Variables({ index, step, following }) {
  const groups = sameAt(index, step);
  const shared = useMemo(() => sharedAt(groups), [groups]);
  const kept = useRef(/** @type {Call[]} */ ([]));
  const inProgress = callsAt(index, step);
  const [innermost, ...callers] = inProgress;
  if (!innermost) return null;
  kept.current = keptCalls(kept.current, inProgress);
  const own = variablesOf(innermost, step);
  const context = { following, index, shared };
  const { suspended, returned } = otherVariables(index, step);
  const callersWithVariables = [];
  for (const call of callers.slice(0, MAX_SEARCHED)) {
    const variables = variablesOf(call, step);
    if (variables.length) callersWithVariables.push({ call, variables });
    if (callersWithVariables.length === MAX_CALLERS) break;
  }
  const { steps, ending } = index.trace;
  const traceback =
    ending === "raised" && step === steps.length - 1 ? steps[step]?.stderr.trim() : "";
  return (
    <div class="cs336-state">
      {traceback && (
        <div class="cs336-error">
          <p>{t("trace.ending.raised")}</p>
          <pre class="cs336-text" tabIndex={0}>
            {traceback.slice(-MAX_OUTPUT)}
          </pre>
        </div>
      )}
      <p class="cs336-panel-title">{functionName(innermost.function)}</p>
      {[...kept.current].sort(inOrder).map((call) => (
        <Kept key={call.number} isInView={call === innermost} variables={own} context={context} />
      ))}
      {callersWithVariables.map(({ call, variables }) => (
        <Folded
          key={call.depth}
          title={functionName(call.function)}
          variables={variables}
          context={context}
        />
      ))}
      {suspended.map(({ call, variables }) => (
        <Folded
          key={call.number}
          title={t("trace.variables.suspended", { function: functionName(call.function) })}
          variables={variables}
          context={context}
        />
      ))}
      <Folded
        key="returned"
        title={t("trace.variables.returned")}
        variables={returned}
        context={context}
      />
    </div>
  );
}

/** The steps with output. @param {TraceIndex} index */
export function outputsOf({ trace }) {
  return trace.steps.flatMap(({ stdout, stderr }, step) =>
    stdout || stderr ? [{ step, stdout, stderr }] : [],
  );
}

/** @param {{ outputs: ReturnType<typeof outputsOf>, step: number }} props */
export function Output({ outputs, step }) {
  const end = outputs.findLastIndex((output) => output.step <= step) + 1;
  const text = useRef(/** @type {HTMLPreElement | null} */ (null));
  useLayoutEffect(() => text.current?.scrollTo(0, text.current.scrollHeight), [end]);
  if (!outputs.length) return null;
  const title = t("trace.output");
  return (
    <div class="cs336-output" role="group" aria-label={title}>
      <p class="cs336-panel-title">{title}</p>
      {end === 0 && <p class="cs336-quiet">{t("trace.output.none")}</p>}
      {end > 0 && (
        <pre ref={text} tabIndex={0} aria-label={title}>
          {outputs.slice(Math.max(0, end - MAX_OUTPUT_STEPS), end).map((output) => (
            <span key={output.step} class={output.step === step ? "cs336-new" : undefined}>
              {output.stdout.slice(-MAX_OUTPUT)}
              {output.stderr && (
                <span class="cs336-stderr">{output.stderr.slice(-MAX_OUTPUT)}</span>
              )}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}

/**
 * Scrolls the panel to the first changed variable when the panel first appears: until then, nothing
 * in it has a size.
 * @param {{ current: HTMLElement | null }} ref
 */
export function useChangeInView(ref) {
  useEffect(() => {
    const panel = ref.current;
    if (!panel) return;
    const appearance = new ResizeObserver(() => {
      scrollToChange(panel);
      appearance.disconnect();
    });
    appearance.observe(panel);
    return () => appearance.disconnect();
  }, [ref]);
}
