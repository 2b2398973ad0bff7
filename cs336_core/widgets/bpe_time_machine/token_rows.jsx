// The corpus as chips: a bracket marks the pair that merges next, a ring the tokens just merged.

import { Component } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { Icon } from "../../ui/icons.jsx";
import { useUniqueId } from "../../ui/id.js";
import { formatNumber, t } from "../../ui/strings.js";
import { Token } from "../../ui/token.jsx";
import { labelsOf } from "../../ui/tokens.js";
import { Sliding } from "./slide.js";
import { byteLength, chunksOf, PAGE_BYTES, rowsOf, sameTokens } from "./token_rows.js";

/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */

/** From this many bytes on, the text fills the stage at any width, and its height is fixed. */
const FULL_BYTES = 160;

/**
 * @typedef {object} ChipProps
 * @property {number} id
 * @property {Uint8Array} bytes
 * @property {number} [half]
 * @property {Pair | undefined} [mergedFrom] the pair that just became this token
 * @property {readonly Uint8Array[]} vocab
 * @property {boolean} [plain] without its id
 * @property {boolean} clickable
 */

/**
 * A token; if clickable, a button that shows how it was formed. Rendered again only if it changed.
 * @extends {Component<ChipProps>}
 */
export class Chip extends Component {
  /** @param {Readonly<ChipProps>} next */
  shouldComponentUpdate(next) {
    const { id, half, mergedFrom, vocab } = this.props;
    return (
      next.id !== id || next.half !== half || next.mergedFrom !== mergedFrom || next.vocab !== vocab
    );
  }
  render() {
    const { id, bytes, half = 0, mergedFrom, vocab, plain = false, clickable } = this.props;
    const fresh =
      mergedFrom &&
      /** @type {[Uint8Array, Uint8Array]} */ (
        mergedFrom.map((part) => vocab[part] ?? new Uint8Array())
      );
    const token = <Token id={id} bytes={bytes} half={half} fresh={fresh} plain={plain} />;
    if (!clickable) return token;
    return (
      <button type="button" class="cs336-machine-chip" tabIndex={-1} data-id={id}>
        {token}
      </button>
    );
  }
}

/** The id of the chip that an event targets, if it targets one. @param {Event} event */
function chipOf(event) {
  const chip = /** @type {HTMLElement} */ (event.target).closest("[data-id]");
  return chip instanceof HTMLElement ? Number(chip.dataset.id) : undefined;
}

/**
 * Moves the focus between chips, so that a list of hundreds is a single tab stop.
 * @param {KeyboardEvent & { currentTarget: HTMLElement }} event
 */
function rove(event) {
  const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (direction === undefined && event.key !== "Home" && event.key !== "End") return;
  const all = /** @type {HTMLElement[]} */ ([...event.currentTarget.querySelectorAll("[data-id]")]);
  const chips = all.filter((chip) => !chip.closest("[inert]"));
  const current = chips.indexOf(/** @type {HTMLElement} */ (event.target));
  let target = event.key === "Home" ? 0 : chips.length - 1;
  if (direction !== undefined) target = current < 0 ? 0 : current + direction;
  event.preventDefault();
  chips[target]?.focus();
}

/**
 * The event handlers for a list of clickable chips: clicks, and arrow keys between chips.
 * @param {(id: number) => void} choose
 */
export const chipHandlers = (choose) => ({
  onKeyDown: rove,
  onClick: (/** @type {Event} */ event) => {
    const id = chipOf(event);
    if (id !== undefined) choose(id);
  },
});

/**
 * @typedef {object} ChunkProps
 * @property {import("./token_rows.js").DrawnToken[]} tokens
 * @property {boolean} counted
 * @property {boolean} clickable
 * @property {readonly Uint8Array[]} vocab
 * @property {{ id: number, pair: Pair } | undefined} fresh the token just merged, and its pair
 */

/**
 * A few tokens of the sequence. Rendered again only if one of them changed.
 * @extends {Component<ChunkProps>}
 */
class Chunk extends Component {
  /** @param {Readonly<ChunkProps>} next */
  shouldComponentUpdate(next) {
    const { tokens, counted, vocab, fresh } = this.props;
    const rings =
      tokens.some(({ id }) => id === fresh?.id) ||
      next.tokens.some(({ id }) => id === next.fresh?.id);
    return (
      next.vocab !== vocab || next.counted !== counted || rings || !sameTokens(next.tokens, tokens)
    );
  }
  render() {
    const { tokens, counted, clickable, vocab, fresh } = this.props;
    return tokens.map(({ offset, id, half, startsWord }) => {
      const mergedFrom = fresh?.id === id ? fresh.pair : undefined;
      return (
        <li
          key={mergedFrom ? `${offset}:${id}` : offset}
          data-offset={offset}
          class={startsWord && !counted ? "cs336-machine-word-start" : undefined}
        >
          <Chip
            id={id}
            bytes={vocab[id] ?? new Uint8Array()}
            half={half}
            mergedFrom={mergedFrom}
            vocab={vocab}
            clickable={clickable}
          />
        </li>
      );
    });
  }
}

/**
 * @param {{ rows: import("./token_rows.js").Row[], counted: boolean, clickable: boolean, vocab: readonly Uint8Array[],
 *   fresh?: { id: number, pair: Pair } | undefined }} props
 */
function Rows({ rows, counted, clickable, vocab, fresh }) {
  const list = (/** @type {import("./token_rows.js").Row} */ { tokens }) => (
    <ol class="cs336-machine-sequence">
      {chunksOf(tokens).map((chunk, i) => (
        <Chunk
          key={i}
          tokens={chunk}
          counted={counted}
          clickable={clickable}
          vocab={vocab}
          fresh={fresh}
        />
      ))}
    </ol>
  );
  if (!counted) return <div>{rows.map(list)}</div>;
  return (
    <ol class="cs336-machine-counted">
      {rows.map((row, i) => (
        <li key={i}>
          <span class="cs336-machine-count">{t("machine.times", { n: row.count })}</span>
          {list(row)}
        </li>
      ))}
    </ol>
  );
}

/**
 * A page of a long text, counted from 1: its bytes, and how many pages there are.
 * @param {import("../../browser/tokenization/bpe_training.js").Words} first before any merge
 * @param {readonly number[]} order
 * @param {number} requested
 */
function usePage(first, order, requested) {
  const length = useMemo(() => byteLength(order, first), [order, first]);
  const pages = Math.max(1, Math.ceil(length / PAGE_BYTES));
  const page = Math.min(pages, requested);
  const from = (page - 1) * PAGE_BYTES;
  return { length, pages, page, from, to: Math.min(length, from + PAGE_BYTES) };
}

/**
 * Turns the pages of a text that is too long for the stage.
 * @param {{ first: import("../../browser/tokenization/bpe_training.js").Words, order: readonly number[],
 *   page: number, turnTo: (page: number) => void }} props
 */
export function Pager({ first, order, page: requested, turnTo }) {
  const { length, pages, page, from, to } = usePage(first, order, requested);
  if (pages === 1) return null;
  /** @param {"back" | "forward"} direction @param {number} target */
  const button = (direction, target) => {
    const off = target < 1 || target > pages;
    return (
      <button
        type="button"
        aria-label={t(`machine.sequence.${direction}`)}
        title={t(`machine.sequence.${direction}`)}
        aria-disabled={off}
        onClick={() => off || turnTo(target)}
      >
        <Icon name={direction} />
      </button>
    );
  };
  return (
    <div class="cs336-machine-pager">
      {button("back", page - 1)}
      <span class="cs336-quiet">
        {t("machine.sequence.page", {
          from: formatNumber(from + 1),
          to: formatNumber(to),
          n: formatNumber(length),
        })}
      </span>
      {button("forward", page + 1)}
    </div>
  );
}

/**
 * @param {{ states: readonly import("../../browser/tokenization/bpe_training.js").Words[], step: number, order: readonly number[],
 *   words?: readonly import("../../browser/tokenization/corpus.js").Word[] | undefined, vocab: readonly Uint8Array[],
 *   next: Pair | undefined, fresh: { id: number, pair: Pair } | undefined, label: string,
 *   page: number, choose?: ((id: number) => void) | undefined }} props
 *   `words`: counted words, one per row; `next`: the pair to bracket; `page`: the part of a long text,
 *   counted from 1; without `choose` the tokens are not clickable
 */
export function Stage(props) {
  const { states, step, order, words, vocab, next, fresh, label, choose } = props;
  const hintId = useUniqueId();
  const stage = useRef(/** @type {HTMLDivElement | null} */ (null));
  const first = /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
    states[0]
  );
  const { page, from, to } = usePage(first, order, props.page);
  const clickable = choose !== undefined;
  const corpus = words ? { order, words } : { order };
  const rows = rowsOf(
    /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (states[step]),
    corpus,
    vocab,
    next,
    from,
    to,
  );
  // The tallest state reserves the height, invisibly, so that the controls do not move.
  const full = to - from > FULL_BYTES;
  const tallest = useMemo(
    () =>
      full ? null : (
        <Rows
          rows={rowsOf(first, corpus, vocab, undefined, from, to)}
          counted={words !== undefined}
          clickable={clickable}
          vocab={vocab}
        />
      ),
    [first, page, full],
  );
  const shown = useMemo(() => ({}), [first, page]); // another object for another text
  const merged = () => {
    const [left, right] = fresh?.pair ?? [];
    if (left === undefined || right === undefined) return undefined;
    return { left: vocab[left]?.length ?? 0, id: right, label: labelsOf(vocab)(right) };
  };
  return (
    <div class="cs336-machine-staged">
      <div
        ref={stage}
        class={`cs336-machine-stage${full ? " cs336-machine-stage-full" : ""}`}
        tabIndex={0}
        role="group"
        aria-label={label}
        aria-describedby={choose && hintId}
        {...(choose && chipHandlers(choose))}
      >
        {tallest && (
          <div class="cs336-machine-placeholder" aria-hidden="true" inert>
            {tallest}
          </div>
        )}
        <Sliding stage={stage} step={step} text={shown} merged={merged}>
          <Rows
            rows={rows}
            counted={words !== undefined}
            clickable={clickable}
            vocab={vocab}
            fresh={fresh}
          />
        </Sliding>
      </div>
      {choose && (
        <p id={hintId} class="cs336-unseen">
          {t("machine.sequence.how")}
        </p>
      )}
    </div>
  );
}
