// A step in motion: tokens slide to their new positions, and the right half of a merged token slides
// into it. The motion repeats what the figure already shows, so the next step can interrupt it.

import { Component } from "preact";
import { hue } from "../../ui/tokens.js";

/** Milliseconds. */
const DURATION = 250;
const TIMING = { duration: DURATION, easing: "ease-out" };

/** @typedef {{ left: number, top: number, width: number }} Position */
/** @typedef {Map<number, Position>} Positions by the byte offset at which a token begins */

/** The drawn tokens, without those that only reserve the height. @param {Element} stage */
const drawn = (stage) =>
  /** @type {NodeListOf<HTMLElement>} */ (
    stage.querySelectorAll(":scope > :not(.cs336-machine-placeholder) [data-offset]")
  );

/** @param {HTMLElement} token @returns {Position} */
const positionOf = ({ offsetLeft, offsetTop, offsetWidth }) => ({
  left: offsetLeft,
  top: offsetTop,
  width: offsetWidth,
});

/** @param {Element} stage @returns {Positions} */
function positionsIn(stage) {
  return new Map(
    Array.from(drawn(stage), (token) => [Number(token.dataset.offset), positionOf(token)]),
  );
}

/**
 * Where the token at an offset was: its own position, or else that of the token which it was part of.
 * @param {Positions} before
 * @param {number} offset
 */
function originOf(before, offset) {
  for (let at = offset; at >= 0; at -= 1) {
    const position = before.get(at);
    if (position) return position;
  }
  return undefined;
}

/**
 * Slides a token from where it was; one that was in another line fades in.
 * @param {HTMLElement} token
 * @param {Position} from
 * @param {Position} to
 */
function move(token, from, to) {
  if (from.top !== to.top) token.animate({ opacity: [0, 1] }, TIMING);
  else if (from.left !== to.left)
    token.animate({ transform: [`translateX(${from.left - to.left}px)`, "none"] }, TIMING);
}

/**
 * Slides a copy of the right half into the token that it became part of, to its right edge.
 * @param {HTMLElement} token
 * @param {Position} from where the half was
 * @param {Position} to where the token is
 * @param {{ id: number, label: string }} half
 */
function join(token, from, to, { id, label }) {
  const copy = document.createElement("span");
  copy.className = `cs336-token cs336-machine-half cs336-hue-${hue(id)}`;
  copy.ariaHidden = "true";
  copy.textContent = label;
  token.append(copy);
  const distance = from.left + from.width - (to.left + to.width);
  const transform = [`translateX(${distance}px)`, "none"];
  const motion = copy.animate({ transform, opacity: [1, 1, 0] }, TIMING);
  motion.onfinish = () => copy.remove();
  token.querySelector("bdi > span:last-child")?.animate({ opacity: [0, 0, 1] }, TIMING);
}

/**
 * Every position is read before anything changes: a read after a change lays out the page again.
 * @param {Element} stage
 * @param {Positions} before the positions before the step
 * @param {{ left: number, id: number, label: string } | undefined} merged the halves of the token just
 *   merged: the bytes of the left one, and the right one
 */
function slide(stage, before, merged) {
  const { scrollTop, clientHeight } = stage;
  const moves = Array.from(drawn(stage), (token) => {
    const offset = Number(token.dataset.offset);
    const to = positionOf(token);
    return { token, offset, to, from: originOf(before, offset) };
  }).filter(({ to }) => to.top >= scrollTop - 60 && to.top < scrollTop + clientHeight);
  for (const { token, offset, to, from } of moves) {
    if (from) move(token, from, to);
    const half = merged && token.querySelector(".cs336-fresh") && before.get(offset + merged.left);
    if (half && half.top === to.top) join(token, half, to, merged);
  }
}

/** Whether the reader prefers that nothing moves. */
const isStill = () => globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? true;

/**
 * @typedef {object} SlidingProps
 * @property {{ current: HTMLElement | null }} stage
 * @property {number} step
 * @property {unknown} text what is drawn: tokens of another text do not slide
 * @property {() => ({ left: number, id: number, label: string } | undefined)} merged the token just merged
 * @property {import("preact").ComponentChildren} children
 */

/**
 * Slides the tokens within a stage when the figure goes one step forward or back.
 * @extends {Component<SlidingProps>}
 */
export class Sliding extends Component {
  /** @param {SlidingProps} before */
  getSnapshotBeforeUpdate(before) {
    const { stage, step, text } = this.props;
    const isStep = Math.abs(step - before.step) === 1 && text === before.text;
    return isStep && stage.current && !isStill() ? positionsIn(stage.current) : null;
  }
  /** @param {SlidingProps} _props @param {unknown} _state @param {Positions | null} before */
  componentDidUpdate(_props, _state, before) {
    const { stage, merged } = this.props;
    if (before && stage.current) slide(stage.current, before, merged());
  }
  render() {
    return this.props.children;
  }
}
