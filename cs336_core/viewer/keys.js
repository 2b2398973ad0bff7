// Which command a key stands for. Keys of edtrace's viewer have the same meaning here.

/**
 * @typedef {"forward" | "back" | "over" | "overBack" | "out" | "first" | "last" | "play" | "change"
 *   | "changeBack" | "find" | "next" | "previous" | "watch" | "difference" | "differenceBack" | "raw" | "animate" | "hideEnv" | "showNotes" | "arrows" | "search" | "open" | "help"
 *   | "close"} Command
 */

/** @type {Record<string, Command>} */
const COMMANDS = {
  ArrowRight: "forward",
  l: "forward",
  ArrowLeft: "back",
  h: "back",
  "Shift+ArrowRight": "over",
  j: "over",
  "Shift+ArrowLeft": "overBack",
  k: "overBack",
  u: "out",
  Home: "first",
  End: "last",
  " ": "play",
  c: "change",
  "Shift+C": "changeBack",
  r: "raw",
  a: "animate",
  e: "hideEnv",
  n: "showNotes",
  o: "arrows",
  "/": "search",
  f: "find",
  ".": "next",
  ",": "previous",
  w: "watch",
  d: "difference",
  "Shift+D": "differenceBack",
  g: "open",
  "?": "help",
  Escape: "close",
};

/** The keys in the help dialog, in order. @type {[keys: string[], command: Command][]} */
export const KEYS = [
  [["→", "l"], "forward"],
  [["←", "h"], "back"],
  [["Shift →", "j"], "over"],
  [["Shift ←", "k"], "overBack"],
  [["u"], "out"],
  [["Home"], "first"],
  [["End"], "last"],
  [["Space"], "play"],
  [["c"], "change"],
  [["Shift c"], "changeBack"],
  [["/"], "search"],
  [["f"], "find"],
  [["."], "next"],
  [[","], "previous"],
  [["w"], "watch"],
  [["d"], "difference"],
  [["Shift d"], "differenceBack"],
  [["r"], "raw"],
  [["a"], "animate"],
  [["e"], "hideEnv"],
  [["n"], "showNotes"],
  [["o"], "arrows"],
  [["g"], "open"],
  [["?"], "help"],
];

/**
 * The command of a key; undefined if the key belongs to the focused control.
 * @param {{ key: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean, altKey: boolean }} event
 * @param {{ localName: string, type?: string } | null} focused
 * @returns {Command | undefined}
 */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }, focused) {
  if (ctrlKey || metaKey || altKey) return undefined;
  const command =
    COMMANDS[shiftKey && key.length > 1 ? `Shift+${key}` : key] ?? commandOfCapital(key, shiftKey);
  const { localName = "", type = "" } = focused ?? {};
  const isSlider = localName === "input" && type === "range";
  const isField =
    (localName === "input" && !isSlider) || localName === "textarea" || localName === "select";
  if (isField) return command === "close" ? command : undefined;
  if (isSlider && !shiftKey && /^(?:Arrow|Home|End)/.test(key)) return undefined;
  if (key === " " && /^(?:button|summary|a)$/.test(localName)) return undefined;
  return command;
}

/** edtrace uses capitals for the display options. @param {string} key @param {boolean} shiftKey */
function commandOfCapital(key, shiftKey) {
  if (!/^[A-Z]$/.test(key)) return undefined;
  return (shiftKey ? COMMANDS[`Shift+${key}`] : undefined) ?? COMMANDS[key.toLowerCase()];
}
