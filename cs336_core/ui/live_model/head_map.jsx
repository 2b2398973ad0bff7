import { ORANGE, Pixels } from "../pixels.jsx";

/**
 * The attention weights of a head as a map; the row of the selected query is the strongest.
 * @param {{ weights: import("../../browser/model/transformer/matrix.js").Matrix, position: number }} props
 */
export function HeadMap({ weights: { rows, columns, data }, position }) {
  return (
    <Pixels
      columns={columns}
      rows={rows}
      values={data}
      paint={(weight, row) => [
        ORANGE,
        row === position ? Math.sqrt(weight) : 0.55 * Math.sqrt(weight),
      ]}
    />
  );
}
