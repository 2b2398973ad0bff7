// The tokens of a text in one vocabulary, and their ids. The pointer, the focus and arrow keys highlight
// a token and everything linked with it.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { hue, tokenLabel } from "../../ui/tokens.js";
import { describePiece, labelOf, nameOf } from "./text.js";

/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./links.js").Links} Links */

const LINE_END = 0x0a;
/** Tokens that are drawn per frame. */
const BATCH = 100;
/** From this many tokens on, the list fills its box at any width, and its height is fixed. */
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
 * The tokens in sequence; a frame surrounds tokens that share a character.
 * @param {Result} result
 * @returns {{ end: number, element: import("preact").VNode }[]} `end`: the number of tokens up to here
 */
function chipsOf(result) {
  const { pieces, groups } = result;
  const chips = [];
  let nextGroup = 0;
  for (let i = 0; i < pieces.length; ) {
    const group = groups[nextGroup]?.first === i ? groups[nextGroup] : undefined;
    const end = group?.end ?? i + 1;
    chips.push({
      end,
      element: group ? (
        <Framed key={i} result={result} group={group} />
      ) : (
        <Chip key={i} result={result} i={i} />
      ),
    });
    if (group) nextGroup += 1;
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
 * How many of `total` tokens to draw by now: drawing a thousand at once would block the page.
 * @param {number} total
 * @param {import("./frame_scheduler.js").FrameScheduler} scheduler
 */
function useGradually(total, scheduler) {
  const [shown, setShown] = useState(BATCH);
  useEffect(
    () => (shown < total ? scheduler.add(() => setShown(shown + BATCH)) : undefined),
    [shown, total],
  );
  return shown;
}

/** @type {Record<string, (index: number, last: number) => number>} */
const KEYS = {
  ArrowRight: (index) => index + 1,
  ArrowLeft: (index) => index - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** @param {{ result: Result, links: Links, scheduler: import("./frame_scheduler.js").FrameScheduler }} props needs a new key for a new result */
export function TokenList({ result, links, scheduler }) {
  const chips = useRef(/** @type {HTMLDivElement | null} */ (null));
  const ids = useRef(/** @type {HTMLParagraphElement | null} */ (null));
  const name = nameOf(result.name);
  const shown = useGradually(result.pieces.length, scheduler);
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
    const elements = [chips, ids].map(
      ({ current }) => current?.querySelectorAll("[data-piece]") ?? [],
    );
    return links.add({ name: result.name, pieces: result.pieces, elements });
  }, [shown]);

  /** @param {Event} event */
  const point = ({ target }) => {
    const i = pieceAt(target);
    const piece = i === undefined ? undefined : result.pieces[i];
    if (i !== undefined && piece) links.show(piece, describePiece(result, i));
  };
  const leave = () => links.show(null);
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const index = pieceAt(event.target);
    const target =
      index === undefined ? undefined : KEYS[event.key]?.(index, result.pieces.length - 1);
    const chip =
      target === undefined ? null : chips.current?.querySelector(`[data-piece="${target}"]`);
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
          .map(({ element }) => element)}
      </div>
      {/* A scrolling element must be reachable by keyboard. */}
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

/** The index of the token that an element shows. @param {EventTarget | null} target */
function pieceAt(target) {
  const element = target instanceof Element ? target.closest("[data-piece]") : null;
  return element ? Number(element.getAttribute("data-piece")) : undefined;
}
