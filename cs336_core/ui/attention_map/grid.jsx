// The heat map: a row per query, a column per key, and a single tab stop.

import { Component, createRef } from "preact";
import { t } from "../strings.js";
import "./strings.en.js";

/**
 * @typedef {object} GridProps
 * @property {readonly string[]} names the labels of the tokens
 * @property {import("./cells.js").Cell[][]} cells
 * @property {string} label what the cells show
 * @property {number} padding how many of the last tokens are padding
 * @property {boolean[]} empty whether each row has nothing to attend to
 * @property {number} row the selected cell, which has the keyboard focus
 * @property {number} column
 * @property {number} shown the index of the marked cell, row by row: the cell under the pointer, or
 *   else the selected one
 * @property {(row: number, column: number) => void} choose
 * @property {(cell: { row: number, column?: number } | undefined) => void} point reports the cell under the pointer
 */

/** The most tokens whose cells have room for their numbers on a phone, and on a tablet. */
const FEW = 8;
const SOME = 14;

/** The cell that a key selects with Ctrl. @type {Record<string, (last: number) => [row: number, column: number]>} */
const CTRL_MOVES = {
  Home: () => [0, 0],
  End: (last) => [last, last],
};

/** The cell that a key selects. @type {Record<string, (row: number, column: number, last: number) => [row: number, column: number]>} */
const MOVES = {
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
 * The cell that an event targets; only a row if it targets the row's name.
 * @param {Event} event
 * @returns {{ row: number, column?: number } | undefined}
 */
function cellOf(event) {
  const element = /** @type {Element} */ (event.target).closest("[data-row]");
  if (!(element instanceof HTMLElement)) return undefined;
  const { row, column } = element.dataset;
  return column === undefined ? { row: Number(row) } : { row: Number(row), column: Number(column) };
}

/**
 * @typedef {object} RowProps
 * @property {number} index
 * @property {string} name
 * @property {import("./cells.js").Cell[]} line
 * @property {string | undefined} paddingClass the class of a padding token
 * @property {boolean} empty
 * @property {number} column the selected cell of the row; -1 if it is in another row
 * @property {number} shown the marked cell; -1 if it is in another row
 * @property {import("preact").RefObject<HTMLTableCellElement>} chosen
 */

/**
 * A query's cells. Rendered again only if one of them changed.
 * @extends {Component<RowProps>}
 */
class Row extends Component {
  /** @param {Readonly<RowProps>} next */
  shouldComponentUpdate({ name, line, paddingClass, empty, column, shown }) {
    const now = this.props;
    return (
      line !== now.line ||
      column !== now.column ||
      shown !== now.shown ||
      name !== now.name ||
      paddingClass !== now.paddingClass ||
      empty !== now.empty
    );
  }
  render() {
    const { index, name, line, paddingClass, empty, column, shown, chosen } = this.props;
    return (
      <tr>
        <th scope="row" class={paddingClass} data-row={index} data-now={shown >= 0 || undefined}>
          <span title={name}>
            <bdi>{name}</bdi>
            {empty && <small title={t("attention-map.row.empty")}> ∅</small>}
          </span>
          {empty && <span class="cs336-unseen">{t("attention-map.row.empty")}</span>}
        </th>
        {line.map(({ text, strength, masked }, j) => (
          <td
            key={j}
            role="gridcell"
            data-row={index}
            data-column={j}
            ref={j === column ? chosen : null}
            tabIndex={j === column ? 0 : -1}
            aria-selected={j === column}
            data-shown={j === shown || undefined}
            class={masked ? "cs336-attention-masked" : undefined}
            style={{ "--strength": strength.toFixed(2) }}
          >
            <span>{text}</span>
            {masked && <span class="cs336-unseen">{t("attention-map.masked")}</span>}
          </td>
        ))}
      </tr>
    );
  }
}

/**
 * Rendered again only if a cell, the selection or the marked cell changed.
 * @extends {Component<GridProps>}
 */
export class Grid extends Component {
  chosen = createRef();
  map = createRef();

  /** Scrolls the selected cell into view if the map is wider than the screen. */
  componentDidMount() {
    requestAnimationFrame(() => {
      const map = this.map.current;
      if (map) map.scrollLeft = this.chosen.current?.offsetLeft - map.clientWidth / 2;
    });
  }

  /** The keyboard focus follows the selected cell. */
  componentDidUpdate() {
    if (this.map.current?.contains(document.activeElement)) this.chosen.current?.focus();
  }

  /** @param {Readonly<GridProps>} next */
  shouldComponentUpdate({ names, cells, row, column, shown, label }) {
    const now = this.props;
    return (
      shown !== now.shown ||
      names !== now.names ||
      cells !== now.cells ||
      row !== now.row ||
      column !== now.column ||
      label !== now.label
    );
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const { names, row, column, choose } = this.props;
    if (event.altKey || event.metaKey) return; // the browser's own
    const last = names.length - 1;
    const [toRow, toColumn] =
      (event.ctrlKey ? CTRL_MOVES[event.key]?.(last) : MOVES[event.key]?.(row, column, last)) ?? [];
    if (toRow === undefined || toColumn === undefined) return;
    event.preventDefault();
    if (Math.min(toRow, toColumn) < 0 || Math.max(toRow, toColumn) > last) return;
    choose(toRow, toColumn);
  }

  /** @param {Event} event */
  click(event) {
    const cell = cellOf(event);
    if (cell) this.props.choose(cell.row, cell.column ?? this.props.column);
  }

  render() {
    const { names, cells, label, padding, empty, row, column, shown, point } = this.props;
    const n = names.length;
    const size = n <= FEW ? "few" : n <= SOME ? "some" : "many";
    const paddingClass = (/** @type {number} */ index) =>
      index >= n - padding ? "cs336-attention-padding" : undefined;
    return (
      <div
        ref={this.map}
        class={`cs336-attention-map cs336-scrolls cs336-attention-${size}`}
        style={{ "--n": n }}
      >
        <table
          role="grid"
          aria-label={t("attention-map.title", { stage: label })}
          onKeyDown={(event) => this.move(event)}
          onClick={(event) => this.click(event)}
          onPointerOver={(event) => event.pointerType === "mouse" && point(cellOf(event))}
          onPointerLeave={() => point(undefined)}
        >
          <thead>
            <tr>
              <td class="cs336-attention-corner" aria-hidden="true">
                <span>{t("attention-map.queries")} ↓</span>
                <span>{t("attention-map.keys")} →</span>
              </td>
              {names.map((name, i) => (
                <th
                  key={i}
                  scope="col"
                  class={paddingClass(i)}
                  data-now={i === shown % n || undefined}
                >
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
                index={i}
                name={names[i] ?? ""}
                line={line}
                paddingClass={paddingClass(i)}
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
