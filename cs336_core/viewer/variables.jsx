// The variables of the calls at work, and what the program has written.

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../ui/icons.jsx";
import { t } from "../ui/strings.js";
import { functionName, isolated } from "./labels.js";
import { callsAt, leftBehind, variablesOf } from "./trace/trace_index.js";
import { shapeOfValue } from "./values/value_kinds.js";
import { told, ValueView } from "./values/values.jsx";

/** @typedef {import("./trace/trace_index.js").Story} Story */
/** @typedef {import("./trace/trace_index.js").Variable} Variable */
/** @typedef {import("./trace/navigation.js").Followed} Followed */

/** Steps whose output is shown, and characters of it. */
const STEPS = 400;
const LONG = 20_000;
/** Variables of a call, and callers, that are shown. */
const VARIABLES = 200;
const CALLERS = 50;
/** Callers that are looked at for variables. */
const SEARCHED = 5_000;

/**
 * @typedef {{ followed: Followed | null, follow: (variable: Followed | null) => void,
 *   toChange: (way: 1 | -1) => void }} Following
 */

/** @param {{ variable: Variable, following: Following }} props */
function Row({ variable, following: { followed, follow, toChange } }) {
  const { name, call, value, before, changed } = variable;
  const isFollowed = followed?.name === name && followed.function === call.function;
  const shape = useMemo(() => shapeOfValue(value), [value]);
  // What has not changed is not drawn again.
  const drawn = useMemo(
    () => <ValueView value={value} shape={shape} before={before} />,
    [shape, before],
  );
  const kind = useMemo(() => told(value, shape), [shape]);
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
        <span class="cs336-type">{kind}</span>
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
              onClick={() => toChange(-1)}
            >
              <Icon name="back" />
            </button>
            <button
              type="button"
              title={t("trace.change")}
              aria-label={t("trace.change")}
              onClick={() => toChange(1)}
            >
              <Icon name="forward" />
            </button>
          </span>
        )}
      </dt>
      <dd>{drawn}</dd>
    </div>
  );
}

/** @param {{ variables: Variable[], following: Following }} props */
function Rows({ variables, following }) {
  const left = variables.length - VARIABLES;
  return (
    <>
      <dl class="cs336-variables">
        {variables.slice(0, VARIABLES).map((variable) => (
          <Row
            key={`${variable.call.spans[0]?.[0]} ${variable.call.function} ${variable.name}`}
            variable={variable}
            following={following}
          />
        ))}
      </dl>
      {left > 0 && (
        <p class="cs336-quiet">
          {t("trace.variables.more", { n: left.toLocaleString("en"), shown: VARIABLES })}
        </p>
      )}
    </>
  );
}

/**
 * Variables that are out of the way until the reader asks for them.
 * @param {{ title: string, variables: Variable[], following: Following }} props
 */
function Folded({ title, variables, following }) {
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
        {title}{" "}
        <span class="cs336-quiet">
          {t(variables.length === 1 ? "trace.variables.one" : "trace.variables.n", {
            n: variables.length,
          })}
        </span>
        {changed && <span class="cs336-changed-mark">{t("trace.changed")}</span>}
      </summary>
      {open && <Rows variables={variables} following={following} />}
    </details>
  );
}

/** Scrolls the panel as far as needed to show what has changed. @param {HTMLElement} panel */
export function showChanges(panel) {
  const changed = panel.querySelector(".cs336-changed");
  if (!(changed instanceof HTMLElement)) return;
  const top = changed.offsetTop;
  const bottom = top + Math.min(changed.offsetHeight, panel.clientHeight / 2);
  if (top < panel.scrollTop || bottom > panel.scrollTop + panel.clientHeight)
    panel.scrollTop = top - panel.clientHeight / 3;
}

/** @param {{ story: Story, step: number, following: Following }} props */
export function State({ story, step, following }) {
  const [innermost, ...callers] = callsAt(story, step);
  if (!innermost) return null;
  const own = variablesOf(innermost, step);
  const showing = [];
  for (const call of callers.slice(0, SEARCHED)) {
    const variables = variablesOf(call, step);
    if (variables.length) showing.push({ call, variables });
    if (showing.length === CALLERS) break;
  }
  const { steps, ending } = story.trace;
  const raised = ending === "raised" && step === steps.length - 1 ? steps[step]?.stderr.trim() : "";
  return (
    <div class="cs336-state">
      {raised && (
        <div class="cs336-error">
          <p>{t("trace.ending.raised")}</p>
          <pre class="cs336-text">{raised.slice(-LONG)}</pre>
        </div>
      )}
      <p class="cs336-panel-title">{functionName(innermost.function)}</p>
      {own.length ? (
        <Rows variables={own} following={following} />
      ) : (
        <p class="cs336-quiet">{t("trace.variables.none")}</p>
      )}
      {showing.map(({ call, variables }) => (
        <Folded
          key={call.depth}
          title={functionName(call.function)}
          variables={variables}
          following={following}
        />
      ))}
      <Folded
        key="over"
        title={t("trace.variables.over")}
        variables={leftBehind(story, step)}
        following={following}
      />
    </div>
  );
}

/** What each step wrote. @param {Story} story */
export function outputs({ trace }) {
  return trace.steps.flatMap(({ stdout, stderr }, step) =>
    stdout || stderr ? [{ step, stdout, stderr }] : [],
  );
}

/** @param {{ written: ReturnType<typeof outputs>, step: number }} props */
export function Output({ written, step }) {
  const end = written.findLastIndex((each) => each.step <= step) + 1;
  const text = useRef(/** @type {HTMLPreElement | null} */ (null));
  useLayoutEffect(() => text.current?.scrollTo(0, text.current.scrollHeight), [end]);
  if (!written.length) return null;
  const title = t("trace.output");
  return (
    <div class="cs336-output" role="group" aria-label={title}>
      <p class="cs336-panel-title">{title}</p>
      {end === 0 && <p class="cs336-quiet">{t("trace.output.none")}</p>}
      {end > 0 && (
        <pre ref={text} tabIndex={0} aria-label={title}>
          {written.slice(Math.max(0, end - STEPS), end).map((each) => (
            <span key={each.step} class={each.step === step ? "cs336-new" : undefined}>
              {each.stdout.slice(-LONG)}
              {each.stderr && <span class="cs336-stderr">{each.stderr.slice(-LONG)}</span>}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}
