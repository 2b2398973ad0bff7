// The tokens of a text in one vocabulary, and their ids. A pointer, the focus and arrow keys choose a
// token, and with it all that belongs to it.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { hue, tokenLabel } from "../../ui/tokens.js";
import { labelOf, nameOf, toldPiece } from "./text.js";

/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./links.js").Links} Links */

const LINE_END = 0x0a;
/** Tokens that are drawn in one go. */
const AT_ONCE = 100;
/** From so many tokens on their place is full whatever its width, and keeps its height by itself. */
const FULL = 600;

/** @param {{ result: Result, i: number }} props */
function Chip({ result, i }) {
  const piece = /** @type {import("./encoding_worker.js").Piece} */ (result.pieces[i]);
  const { text, kind } = labelOf(result.name, piece);
  const classes = `cs336-piece cs336-hue-${hue(piece.id)}${kind === "bytes" ? " cs336-piece-bytes" : ""}`;
  return (
    <>
      <bdi role="listitem" class={classes} data-piece={i} tabIndex={i === 0 ? 0 : -1}>
        {text}
      </bdi>
      {piece.bytes.at(-1) === LINE_END && result.name !== "bits" && <br />}
    </>
  );
}

/**
 * The tokens one after another; those that share a character stand in one frame.
 * @param {Result} result
 * @returns {{ end: number, drawn: import("preact").VNode }[]} `end`: how many tokens there are up to there
 */
function chipsOf(result) {
  const { pieces, groups } = result;
  const chips = [];
  let next = 0;
  for (let i = 0; i < pieces.length; ) {
    const group = groups[next]?.first === i ? groups[next] : undefined;
    const end = group?.end ?? i + 1;
    chips.push({
      end,
      drawn: group ? (
        <Framed key={i} result={result} group={group} />
      ) : (
        <Chip key={i} result={result} i={i} />
      ),
    });
    if (group) next += 1;
    i = end;
  }
  return chips;
}

/** @param {{ result: Result, group: import("./encoding_worker.js").Group }} props */
function Framed({ result, group }) {
  const { text } = tokenLabel(group.bytes);
  const members = Array.from({ length: group.end - group.first }, (_, k) => group.first + k);
  return (
    <span class="cs336-group" title={t("playground.group", { text, n: members.length })}>
      <bdi class="cs336-group-text" aria-hidden="true">
        {text}
      </bdi>
      {members.map((i) => (
        <Chip key={i} result={result} i={i} />
      ))}
    </span>
  );
}

/**
 * How many of `all` are drawn by now: a page that draws a thousand at once does not answer meanwhile.
 * @param {number} all
 * @param {import("./frame_scheduler.js").Turns} turns
 */
function useGradually(all, turns) {
  const [shown, show] = useState(AT_ONCE);
  useEffect(
    () => (shown < all ? turns.wait(() => show(shown + AT_ONCE)) : undefined),
    [shown, all],
  );
  return shown;
}

/** @type {Record<string, (at: number, last: number) => number>} */
const KEYS = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** @param {{ result: Result, links: Links, turns: import("./frame_scheduler.js").Turns }} props a new result is a new element: give it a key */
export function Pieces({ result, links, turns }) {
  const chips = useRef(/** @type {HTMLDivElement | null} */ (null));
  const ids = useRef(/** @type {HTMLParagraphElement | null} */ (null));
  const name = nameOf(result.name);
  const shown = useGradually(result.pieces.length, turns);
  const all = useMemo(() => chipsOf(result), []);
  const numbers = useMemo(
    () =>
      result.pieces.map(({ id }, i) => (
        <span key={i} data-piece={i}>
          {id}
        </span>
      )),
    [],
  );
  useEffect(() => {
    const found = [chips, ids].map(
      ({ current }) => current?.querySelectorAll("[data-piece]") ?? [],
    );
    return links.add({ name: result.name, pieces: result.pieces, elements: found });
  }, [shown]);

  /** @param {Event} event */
  const point = ({ target }) => {
    const i = pieceAt(target);
    const piece = i === undefined ? undefined : result.pieces[i];
    if (i !== undefined && piece) links.show(piece, toldPiece(result, i));
  };
  const leave = () => links.show(null);
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const at = pieceAt(event.target);
    const to = at === undefined ? undefined : KEYS[event.key]?.(at, result.pieces.length - 1);
    const chip = to === undefined ? null : chips.current?.querySelector(`[data-piece="${to}"]`);
    if (event.key === "Escape") leave();
    if (!chip) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (event.target).tabIndex = -1;
    /** @type {HTMLElement} */ (chip).tabIndex = 0;
    /** @type {HTMLElement} */ (chip).focus();
  };
  return (
    <div
      class={result.pieces.length >= FULL ? "cs336-pieces-full" : undefined}
      onPointerOver={point}
      onPointerLeave={leave}
      onFocusIn={point}
      onFocusOut={leave}
      onKeyDown={press}
    >
      <div
        ref={chips}
        class="cs336-pieces"
        role="list"
        aria-label={t("playground.tokens.of", { name })}
      >
        {all
          .filter(({ end }) => end <= shown || shown >= result.pieces.length)
          .map(({ drawn }) => drawn)}
      </div>
      {/* What scrolls must be within reach of the keyboard. */}
      <p
        ref={ids}
        class="cs336-ids"
        role="group"
        aria-label={t("playground.ids.of", { name })}
        tabIndex={0}
      >
        {numbers.slice(0, shown)}
      </p>
    </div>
  );
}

/** The place of the token that an element stands for. @param {EventTarget | null} target */
function pieceAt(target) {
  const element = target instanceof Element ? target.closest("[data-piece]") : null;
  return element ? Number(element.getAttribute("data-piece")) : undefined;
}
