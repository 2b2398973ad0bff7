// What the viewer knows of a trace: read once from a file, then never changed.

/**
 * A function call in progress, and the line it is at, counted from 1.
 * @typedef {{ path: string, line: number, function: string }} Frame
 */

/**
 * A call stack: its innermost frame, the stack of the caller, and the number of frames.
 * @typedef {{ caller: CallStack | null, frame: Frame, depth: number }} CallStack
 */

/**
 * A recorded value: what JSON has stands for itself, any other value has a type (see
 * cs336_core/trace/record/values.py).
 * @typedef {null | boolean | number | string | Value[] | TypedValue} Value
 * @typedef {{ type: string, items?: Value[], entries?: [Value, Value][],
 *   fields?: Record<string, Value>, array?: unknown, dtype?: string, shape?: number[],
 *   notes?: string[], text?: string, cycle?: true, error?: string, of?: number,
 *   last?: number }} TypedValue
 */

/**
 * A paper, a post, a web page.
 * @typedef {{ title?: string, authors?: string[], organization?: string, date?: string,
 *   url?: string, description?: string, notes?: string }} Reference
 */

/** @typedef {"markdown" | "image" | "video" | "link" | "plot" | "graph" | "note" | "widget"} RenderingType */

/**
 * Something the viewer displays in place of the line that created it.
 * @typedef {{ type: RenderingType, data: unknown, style: Record<string, string | number>,
 *   external: Reference | null, internal: { path: string, line: number } | null,
 *   animate: boolean }} Rendering
 */

/**
 * How a statement ended or suspended its call, or failed.
 * @typedef {{ kind: "return" | "yield", value: Value }
 *   | { kind: "raise", type: string, message: string }} TraceEvent
 */

/**
 * Variables that a step changes; undefined: no longer shown.
 * @typedef {Map<string, Value | undefined>} Changed
 */

/**
 * One statement: about to run or, if it entered no traced code, already run.
 * `call`, `caller`: the numbers of its call and of the call that has called or resumed that one,
 * null if the file does not say; `outer`: the numbers of other calls -> what it changed in them;
 * `same`: groups of names that refer to one object, such as "0:rows" and "2:table[0]", null if they
 * have not changed.
 * @typedef {{ stack: CallStack, env: Changed, renderings: Rendering[], stdout: string,
 *   stderr: string, call: number | null, caller: number | null, event: TraceEvent | null,
 *   outer: Map<number, Changed>, same: string[][] | null }} Step
 */

/**
 * The steps of a program.
 * `hidden`: path -> lines that are left out; `links`: path -> first line of a section -> address of
 * the page that explains it (a page of the site); `incomplete`: what the trace lacks of the
 * program's run, a sentence, or ""; `omitted`: how many steps of the file are not in `steps`.
 * @typedef {{ files: Map<string, string>, hidden: Map<string, Set<number>>,
 *   links: Map<string, Map<number, string>>, steps: Step[],
 *   ending: "finished" | "raised" | "max_steps", incomplete: string, omitted: number }} Trace
 */

export {};
