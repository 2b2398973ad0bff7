// The heat map: a row for each query, a column for each key, one stop of the Tab key in all.

import { Component, createRef } from "preact";
import { t } from "../../ui/strings.js";
import { labelOf } from "./text.js";

/**
 * @typedef {object} GridProps
 * @property {readonly string[]} tokens
 * @property {import("./text.js").Cell[][]} cells
 * @property {string} label what the cells show
 * @property {number} padding how many of the last tokens are padding
 * @property {boolean[]} empty the rows that have nothing to attend to
 * @property {number} row the chosen cell, where the keyboard is
 * @property {number} column
 * @property {number} shown the number of the cell that is marked, counted along the rows: the one that
 *   the pointer is over, or else the chosen one
 * @property {(row: number, column: number) => void} choose
 * @property {(place: { row: number, column?: number } | undefined) => void} point what the pointer is over
 */

/** Up to so many tokens, each cell has room for its number on a phone; up to so many, on a tablet. */
const FEW = 8;
const SOME = 14;

/** Where a key leads that is pressed with Ctrl. @type {Record<string, (last: number) => [row: number, column: number]>} */
const FAR = {
  Home: () => [0, 0],
  End: (last) => [last, last],
};

/** Where a key leads. @type {Record<string, (row: number, column: number, last: number) => [row: number, column: number]>} */
const WAYS = {
  ArrowLeft: (row, column) => [row, column - 1],
  ArrowRight: (row, column) => [row, column + 1],
  ArrowUp: (row, column) => [row - 1, column],
  ArrowDown: (row, column) => [row + 1, column],
  Home: (row) => [row, 0],
  End: (row, _, last) => [row, last],
  PageUp: (_, column) => [0, column],
  PageDown: (_, column, last) => [last, column],
};

/**
 * The place of the cell or the row's name that an event is about.
 * @param {Event} event
 * @returns {{ row: number, column?: number } | undefined}
 */
function placeOf(event) {
  const element = /** @type {Element} */ (event.target).closest("[data-row]");
  if (!(element instanceof HTMLElement)) return undefined;
  const { row, column } = element.dataset;
  return column === undefined ? { row: Number(row) } : { row: Number(row), column: Number(column) };
}

/**
 * @typedef {object} RowProps
 * @property {number} place
 * @property {string} name
 * @property {import("./text.js").Cell[]} line
 * @property {string | undefined} filling the class of a token that only fills up
 * @property {boolean} empty
 * @property {number} column the chosen cell of the row; -1 where it is in another
 * @property {number} shown the marked one; -1 where it is in another
 * @property {import("preact").RefObject<HTMLTableCellElement>} chosen
 */

/**
 * A query's cells. Drawn again only where one of them changed.
 * @extends {Component<RowProps>}
 */
class Row extends Component {
  /** @param {Readonly<RowProps>} next */
  shouldComponentUpdate({ name, line, filling, empty, column, shown }) {
    const now = this.props;
    return (
      line !== now.line ||
      column !== now.column ||
      shown !== now.shown ||
      name !== now.name ||
      filling !== now.filling ||
      empty !== now.empty
    );
  }
  render() {
    const { place, name, line, filling, empty, column, shown, chosen } = this.props;
    return (
      <tr>
        <th scope="row" class={filling} data-row={place} data-now={shown >= 0 || undefined}>
          <span title={name}>
            <bdi>{name}</bdi>
            {empty && <small title={t("attention.row.empty")}> ∅</small>}
          </span>
          {empty && <span class="cs336-unseen">{t("attention.row.empty")}</span>}
        </th>
        {line.map(({ text, strength, masked }, j) => (
          <td
            key={j}
            role="gridcell"
            data-row={place}
            data-column={j}
            ref={j === column ? chosen : null}
            tabIndex={j === column ? 0 : -1}
            aria-selected={j === column}
            data-shown={j === shown || undefined}
            class={masked ? "cs336-attention-masked" : undefined}
            style={{ "--strength": strength.toFixed(2) }}
          >
            <span>{text}</span>
            {masked && <span class="cs336-unseen">{t("attention.masked")}</span>}
          </td>
        ))}
      </tr>
    );
  }
}

/**
 * Drawn again only where a cell, the choice, or what is marked changed.
 * @extends {Component<GridProps>}
 */
export class Grid extends Component {
  chosen = createRef();
  map = createRef();

  /** Where the map is wider than the screen, the chosen cell is in view at first. */
  componentDidMount() {
    requestAnimationFrame(() => {
      const map = this.map.current;
      if (map) map.scrollLeft = this.chosen.current?.offsetLeft - map.clientWidth / 2;
    });
  }

  /** Who moves through the map stays with the chosen cell. */
  componentDidUpdate() {
    if (this.map.current?.contains(document.activeElement)) this.chosen.current?.focus();
  }

  /** @param {Readonly<GridProps>} next */
  shouldComponentUpdate({ tokens, cells, row, column, shown, label }) {
    const now = this.props;
    return (
      shown !== now.shown ||
      tokens !== now.tokens ||
      cells !== now.cells ||
      row !== now.row ||
      column !== now.column ||
      label !== now.label
    );
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const { tokens, row, column, choose } = this.props;
    if (event.altKey || event.metaKey) return; // the browser's own
    const last = tokens.length - 1;
    const [toRow, toColumn] =
      (event.ctrlKey ? FAR[event.key]?.(last) : WAYS[event.key]?.(row, column, last)) ?? [];
    if (toRow === undefined || toColumn === undefined) return;
    event.preventDefault();
    if (Math.min(toRow, toColumn) < 0 || Math.max(toRow, toColumn) > last) return;
    choose(toRow, toColumn);
  }

  /** @param {Event} event */
  click(event) {
    const place = placeOf(event);
    if (place) this.props.choose(place.row, place.column ?? this.props.column);
  }

  render() {
    const { tokens, cells, label, padding, empty, row, column, shown, point } = this.props;
    const n = tokens.length;
    const size = n <= FEW ? "few" : n <= SOME ? "some" : "many";
    const names = tokens.map(labelOf);
    const filling = (/** @type {number} */ place) =>
      place >= n - padding ? "cs336-attention-filling" : undefined;
    return (
      <div
        ref={this.map}
        class={`cs336-attention-map cs336-attention-${size}`}
        style={{ "--n": n }}
      >
        <table
          role="grid"
          aria-label={t("attention.map", { stage: label })}
          onKeyDown={(event) => this.move(event)}
          onClick={(event) => this.click(event)}
          onPointerOver={(event) => event.pointerType === "mouse" && point(placeOf(event))}
          onPointerLeave={() => point(undefined)}
        >
          <thead>
            <tr>
              <td class="cs336-attention-corner" aria-hidden="true">
                <span>{t("attention.queries")} ↓</span>
                <span>{t("attention.keys")} →</span>
              </td>
              {names.map((name, i) => (
                <th key={i} scope="col" class={filling(i)} data-now={i === shown % n || undefined}>
                  <span title={name}>
                    <bdi>{name}</bdi>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cells.map((line, i) => (
              <Row
                key={i}
                place={i}
                name={names[i] ?? ""}
                line={line}
                filling={filling(i)}
                empty={empty[i] ?? false}
                column={i === row ? column : -1}
                shown={i === Math.floor(shown / n) ? shown % n : -1}
                chosen={this.chosen}
              />
            ))}
          </tbody>
        </table>
      </div>
    );
  }
}
