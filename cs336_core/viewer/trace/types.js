// What a trace is to the viewer: read once from a file, then never changed.

/**
 * A function at work: where it is. `line` is counted from 1.
 * @typedef {{ path: string, line: number, function: string }} Frame
 */

/**
 * A stack of calls: its innermost frame, the stack that called it, how many frames it has.
 * @typedef {{ caller: Place | null, frame: Frame, depth: number }} Place
 */

/**
 * A value as it was recorded: what JSON has stands for itself, all else has a type (see
 * cs336_core/trace/record/values.py).
 * @typedef {null | boolean | number | string | Value[] | TypedValue} Value
 * @typedef {{ type: string, items?: Value[], entries?: [Value, Value][],
 *   fields?: Record<string, Value>, array?: unknown, dtype?: string, shape?: number[],
 *   text?: string, cycle?: true, error?: string, of?: number }} TypedValue
 */

/**
 * A paper, a post, a page.
 * @typedef {{ title?: string, authors?: string[], organization?: string, date?: string,
 *   url?: string, description?: string, notes?: string }} Reference
 */

/** @typedef {"markdown" | "image" | "video" | "link" | "plot" | "graph" | "note"} RenderingType */

/**
 * Something to look at in place of the line that made it.
 * @typedef {{ type: RenderingType, data: unknown, style: Record<string, string | number>,
 *   external: Reference | null, internal: { path: string, line: number } | null,
 *   animate: boolean }} Rendering
 */

/**
 * A statement about to run, or done where nothing came between. In `env`, undefined stands for a
 * variable that is no longer shown.
 * @typedef {{ place: Place, env: Map<string, Value | undefined>, renderings: Rendering[],
 *   stdout: string, stderr: string }} Step
 */

/**
 * A program's steps.
 * `hidden`: path -> lines that are not shown; `links`: path -> line -> the address where what
 * begins at this line is told (a page of the site); `left`: steps that the file has beyond those
 * that are shown.
 * @typedef {{ files: Map<string, string>, hidden: Map<string, Set<number>>,
 *   links: Map<string, Map<number, string>>, steps: Step[],
 *   ending: "finished" | "raised" | "max_steps", left: number }} Trace
 */

export {};
