// Which call each step of a program belongs to.

/** @typedef {import("./types.js").Trace} Trace */
/** @typedef {import("./types.js").Place} Place */

/**
 * One call of a function. A generator is one call, though it is at work in several spans of steps.
 * `begins`: the line of its first step.
 * @typedef {{ caller: Call | null, path: string, function: string, begins: number, depth: number,
 *   spans: [first: number, last: number][], variables: Map<string, import("./trace_index.js").History> }} Call
 */

/** The first line of a function: its own, or its decorator's. */
const DEFINES = /^\s*(?:@|def\b|async\s+def\b)/;

/** Frames that begin, in all steps together: a file of stacks that share nothing has billions. */
const MOST_FRAMES = 300_000;

/** @typedef {{ call: Call, place: Place }} AtWork a call, and where it was at the last step */

/**
 * Finds the call of each step, up to the step at which there are too many. A call goes on where the step after it stands in the same function,
 * called from the same line; unless that function begins anew: at the line where the call began, a
 * `def`, and not back from a call in it. (At any other `def`, it defines a function of its own.)
 * @param {Trace} trace
 */
export function findCalls(trace) {
  /** @type {Call[]} */
  const calls = [];
  /** @type {Call[]} */
  const callAt = [];
  /** @type {AtWork[]} the outermost first */
  const open = [];
  /** @type {Map<string, Call>} the last call of each function */
  const last = new Map();
  const defines = definitions(trace);
  let frames = 0;
  for (const [i, step] of trace.steps.entries()) {
    const fresh = elsewhere(step.place, open);
    frames += fresh.length;
    if (frames > MOST_FRAMES) break;
    const were = open.splice((fresh[0]?.depth ?? 1) - 1);
    fresh.forEach((place, n) => {
      const { path, function: name, line } = place.frame;
      const caller = open.at(-1)?.call ?? null;
      const was = were[n];
      const key = `${path}\0${name}\0${place.depth}`;
      const before = last.get(key);
      const isInnermost = place === step.place;
      const isWhere = was?.place.caller === place.caller && same(was.place, place);
      const known = isWhere ? was.call : before;
      const returned = was?.place === place && were.length > n + 1;
      const anew = isInnermost && !returned && line === known?.begins && defines(path, line);
      let call = isWhere && !anew ? known : undefined;
      if (!call) {
        // What does not begin at its first line goes on: a generator.
        if (isInnermost && !anew && before?.caller === caller) call = before;
        else
          calls.push(
            (call = {
              caller,
              path,
              function: name,
              begins: line,
              depth: place.depth,
              spans: [],
              variables: new Map(),
            }),
          );
        call.spans.push([i, i]);
      }
      last.set(key, call);
      open.push({ call, place });
    });
    were.forEach(({ call }, n) => {
      if (fresh[n] === undefined || open[open.length - fresh.length + n]?.call !== call)
        close(call, i - 1);
    });
    callAt.push(/** @type {AtWork} */ (open.at(-1)).call);
  }
  for (const { call } of open) close(call, callAt.length - 1);
  return { calls, callAt };
}

/** @param {Call} call @param {number} step its last one, for now */
function close(call, step) {
  const span = call.spans.at(-1);
  if (span) span[1] = step;
}

/**
 * The places of a stack that differ from what was at work, the outermost first.
 * @param {Place} innermost
 * @param {AtWork[]} open
 */
function elsewhere(innermost, open) {
  /** @type {Place[]} */
  const fresh = [];
  /** @type {Place | null} */
  let place = innermost;
  // The innermost one is looked at anew in every step: its function may have begun again.
  while (place && (place === innermost || open[place.depth - 1]?.place !== place)) {
    fresh.push(place);
    place = place.caller;
  }
  return fresh.reverse();
}

/** @param {Place} a @param {Place} b */
function same(a, b) {
  return a.frame.path === b.frame.path && a.frame.function === b.frame.function;
}

/**
 * Whether a line is the first of a definition of a function.
 * @param {Trace} trace
 */
function definitions(trace) {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  for (const [path, source] of trace.files) lines.set(path, source.split("\n"));
  return (/** @type {string} */ path, /** @type {number} */ line) =>
    DEFINES.test(lines.get(path)?.[line - 1] ?? "");
}
