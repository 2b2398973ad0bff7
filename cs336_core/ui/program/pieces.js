// The output of a program, in the order in which it was written.

/** @typedef {{ stream: "stdout" | "stderr", text: string }} Piece */

/**
 * The pieces with one more; what the same stream writes is joined.
 * @param {Piece[]} pieces
 * @param {Piece} piece
 */
export function withPiece(pieces, piece) {
  const last = pieces.at(-1);
  if (last?.stream !== piece.stream) return [...pieces, piece];
  return [...pieces.slice(0, -1), { ...last, text: last.text + piece.text }];
}
