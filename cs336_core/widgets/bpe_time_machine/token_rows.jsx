// The corpus as chips: the pair that merges next is bracketed, what was just made is ringed.

import { Component } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useUniqueId } from "../../ui/id.js";
import { t } from "../../ui/strings.js";
import { Token } from "../../ui/token.jsx";
import { chunksOf, lengthOf, PART, rowsOf, samePlaces } from "./token_rows.js";

/** @typedef {import("../../browser/tokenization/pair_counter.js").Pair} Pair */

/** From so many bytes on the stage is full whatever its width, and keeps its height by itself. */
const FULL = 160;

/**
 * @typedef {object} ChipProps
 * @property {number} id
 * @property {Uint8Array} bytes
 * @property {number} [half]
 * @property {Pair | undefined} [made] the ids it was just made of
 * @property {readonly Uint8Array[]} vocab
 * @property {boolean} [plain] without its id
 * @property {boolean} clickable
 */

/**
 * A token that can be asked how it came to be. Drawn again only where something of it changed.
 * @extends {Component<ChipProps>}
 */
export class Chip extends Component {
  /** @param {Readonly<ChipProps>} next */
  shouldComponentUpdate(next) {
    const { id, half, made, vocab } = this.props;
    return next.id !== id || next.half !== half || next.made !== made || next.vocab !== vocab;
  }
  render() {
    const { id, bytes, half = 0, made, vocab, plain = false, clickable } = this.props;
    const fresh =
      made &&
      /** @type {[Uint8Array, Uint8Array]} */ (made.map((part) => vocab[part] ?? new Uint8Array()));
    const token = <Token id={id} bytes={bytes} half={half} fresh={fresh} plain={plain} />;
    if (!clickable) return token;
    return (
      <button type="button" class="cs336-machine-chip" tabIndex={-1} data-id={id}>
        {token}
      </button>
    );
  }
}

/** The id of the chip that an event is about, if it is about one. @param {Event} event */
export function chipOf(event) {
  const chip = /** @type {HTMLElement} */ (event.target).closest("[data-id]");
  return chip instanceof HTMLElement ? Number(chip.dataset.id) : undefined;
}

/**
 * Moves the focus from chip to chip, so that a list of hundreds is one stop of the Tab key.
 * @param {KeyboardEvent & { currentTarget: HTMLElement }} event
 */
export function rove(event) {
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (way === undefined && event.key !== "Home" && event.key !== "End") return;
  const all = /** @type {HTMLElement[]} */ ([...event.currentTarget.querySelectorAll("[data-id]")]);
  const chips = all.filter((chip) => !chip.closest("[inert]"));
  const at = chips.indexOf(/** @type {HTMLElement} */ (event.target));
  const to =
    way === undefined ? (event.key === "Home" ? 0 : chips.length - 1) : at < 0 ? 0 : at + way;
  event.preventDefault();
  chips[to]?.focus();
}

/**
 * What makes a list of chips one that can be clicked and walked through with the arrow keys.
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
 * @property {import("./token_rows.js").Place[]} places
 * @property {boolean} counted
 * @property {boolean} clickable
 * @property {readonly Uint8Array[]} vocab
 * @property {{ id: number, made: Pair } | undefined} fresh what was just made
 */

/**
 * A few tokens of the sequence. Drawn again only where one of them changed.
 * @extends {Component<ChunkProps>}
 */
class Chunk extends Component {
  /** @param {Readonly<ChunkProps>} next */
  shouldComponentUpdate(next) {
    const { places, counted, vocab, fresh } = this.props;
    const rings =
      places.some(({ id }) => id === fresh?.id) ||
      next.places.some(({ id }) => id === next.fresh?.id);
    return (
      next.vocab !== vocab || next.counted !== counted || rings || !samePlaces(next.places, places)
    );
  }
  render() {
    const { places, counted, clickable, vocab, fresh } = this.props;
    return places.map(({ at, id, half, cut }) => {
      const made = fresh?.id === id ? fresh.made : undefined;
      return (
        <li
          key={made ? `${at}:${id}` : at}
          class={cut && !counted ? "cs336-machine-cut" : undefined}
        >
          <Chip
            id={id}
            bytes={vocab[id] ?? new Uint8Array()}
            half={half}
            made={made}
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
 *   fresh?: { id: number, made: Pair } | undefined }} props
 */
function Rows({ rows, counted, clickable, vocab, fresh }) {
  const list = (/** @type {import("./token_rows.js").Row} */ { places }) => (
    <ol class="cs336-machine-sequence">
      {chunksOf(places).map((chunk, i) => (
        <Chunk
          key={i}
          places={chunk}
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
 * @param {{ states: readonly import("../../browser/tokenization/bpe_training.js").Words[], step: number, order: readonly number[],
 *   words?: readonly import("../../browser/tokenization/corpus.js").Word[] | undefined, vocab: readonly Uint8Array[],
 *   next: Pair | undefined, fresh: { id: number, made: Pair } | undefined, label: string,
 *   choose?: ((id: number) => void) | undefined }} props
 *   `next`: the pair to bracket; `words`: where they are counted, each is a row
 */
export function Stage({ states, step, order, words, vocab, next, fresh, label, choose }) {
  const [wanted, turn] = useState(0);
  const how = useUniqueId();
  const first = /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (
    states[0]
  );
  const length = useMemo(() => lengthOf(order, first), [order, first]);
  const parts = Math.max(1, Math.ceil(length / PART));
  const part = Math.min(parts - 1, wanted);
  const clickable = choose !== undefined;
  const corpus = words ? { order, words } : { order };
  const [from, to] = [part * PART, Math.min(length, (part + 1) * PART)];
  const rows = rowsOf(
    /** @type {import("../../browser/tokenization/bpe_training.js").Words} */ (states[step]),
    corpus,
    vocab,
    next,
    from,
    to,
  );
  const here = rows.reduce(
    (sum, { places }) => sum + places.filter(({ half }) => half === 1).length,
    0,
  );
  // The tallest state holds the figure's place unseen, so that the controls stay where they are.
  const full = to - from > FULL;
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
    [first, part, full],
  );
  /** @param {1 | -1} way */
  const turner = (way) => {
    const off = way < 0 ? part === 0 : part === parts - 1;
    return (
      <button type="button" aria-disabled={off} onClick={() => off || turn(part + way)}>
        {t(way < 0 ? "machine.sequence.back" : "machine.sequence.forward")}
      </button>
    );
  };
  return (
    <div class="cs336-machine-staged">
      <div
        class={`cs336-machine-stage${full ? " cs336-machine-stage-full" : ""}`}
        tabIndex={0}
        role="group"
        aria-label={label}
        aria-describedby={choose && how}
        {...(choose && chipHandlers(choose))}
      >
        {tallest && (
          <div class="cs336-machine-placeholder" aria-hidden="true" inert>
            {tallest}
          </div>
        )}
        <Rows
          rows={rows}
          counted={words !== undefined}
          clickable={clickable}
          vocab={vocab}
          fresh={fresh}
        />
      </div>
      {choose && (
        <p id={how} class="cs336-unseen">
          {t("machine.sequence.how")}
        </p>
      )}
      {parts > 1 && (
        <div class="cs336-machine-parts">
          {turner(-1)}
          <span class="cs336-quiet">
            {t("machine.sequence.page", { from: from + 1, to, n: length })}
            {next &&
              ` ${t(here === 1 ? "machine.sequence.here.one" : "machine.sequence.here", { n: here })}`}
          </span>
          {turner(1)}
        </div>
      )}
    </div>
  );
}
