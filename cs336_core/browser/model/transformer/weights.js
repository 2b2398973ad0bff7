// Reads a model's file, as cs336_core/inference/packed.py writes it: in base64, the length of the header in
// four bytes, the header as JSON, then the tensors. A matrix has a 32-bit scale per row, then its entries
// in 8 bits; a vector has 32-bit entries.

import { columnsOf } from "./attention.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */
/** @typedef {{ format: string, config: import("./model.js").Config, vocabulary: string, pattern: import("../../tokenization/patterns.js").PatternName, step: number, tensors: { name: string, shape: number[] }[] }} Header */

export const FORMAT = "cs336-model/1";

/** @param {string} base64 */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Reads numbers one after another. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.view = new DataView(bytes.buffer);
    this.at = 0;
  }

  length() {
    const length = this.view.getUint32(this.at, true);
    this.at += 4;
    return length;
  }

  /** @param {number} length */
  text(length) {
    const bytes = new Uint8Array(this.view.buffer, this.at, length);
    this.at += length;
    return new TextDecoder().decode(bytes);
  }

  /** @param {number} n */
  floats(n) {
    const floats = Float32Array.from({ length: n }, (_, i) =>
      this.view.getFloat32(this.at + 4 * i, true),
    );
    this.at += 4 * n;
    return floats;
  }

  /** @param {number} rows @param {number} columns @returns {Matrix} */
  matrix(rows, columns) {
    const scales = this.floats(rows);
    const entries = new Int8Array(this.view.buffer, this.at, rows * columns);
    this.at += rows * columns;
    const data = new Float32Array(entries.length);
    for (let row = 0, i = 0; row < rows; row++) {
      const scale = Number(scales[row]);
      for (const end = i + columns; i < end; i++) data[i] = Number(entries[i]) * scale;
    }
    return { rows, columns, data };
  }
}

/**
 * @param {string} base64
 * @returns {{ header: Header, model: import("./model.js").Model }}
 */
export function readModel(base64) {
  const reader = new Reader(bytesOf(base64));
  /** @type {Header} */
  const header = JSON.parse(reader.text(reader.length()));
  if (header.format !== FORMAT) throw new Error(`${header.format} is not ${FORMAT}`);
  /** @type {Map<string, Matrix>} */
  const matrices = new Map();
  /** @type {Map<string, Float32Array>} */
  const vectors = new Map();
  for (const { name, shape } of header.tensors) {
    const [rows = 0, columns] = shape;
    if (columns === undefined) vectors.set(name, reader.floats(rows));
    else matrices.set(name, reader.matrix(rows, columns));
  }
  return { header, model: assembled(header.config, matrices, vectors) };
}

/**
 * @param {import("./model.js").Config} config
 * @param {Map<string, Matrix>} matrices
 * @param {Map<string, Float32Array>} vectors
 * @returns {import("./model.js").Model}
 */
function assembled(config, matrices, vectors) {
  const matrix = (/** @type {string} */ name) => found(matrices, `${name}.weight`);
  const vector = (/** @type {string} */ name) => found(vectors, `${name}.weight`);
  const width = config.d_model / config.n_heads;
  const blocks = Array.from({ length: config.n_layers }, (_, i) => ({
    attentionNorm: vector(`blocks.${i}.attention_norm`),
    attention: {
      query: matrix(`blocks.${i}.attention.query`),
      key: matrix(`blocks.${i}.attention.key`),
      value: matrix(`blocks.${i}.attention.value`),
      outputs: Array.from({ length: config.n_heads }, (_, head) =>
        columnsOf(matrix(`blocks.${i}.attention.output`), head, width),
      ),
    },
    mlpNorm: vector(`blocks.${i}.feed_forward_norm`),
    mlp: {
      gate: matrix(`blocks.${i}.feed_forward.gate`),
      up: matrix(`blocks.${i}.feed_forward.up`),
      down: matrix(`blocks.${i}.feed_forward.down`),
    },
  }));
  return { config, embedding: matrix("embedding"), blocks, norm: vector("norm") };
}

/** @template T @param {Map<string, T>} tensors @param {string} name */
function found(tensors, name) {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`the model's file has no ${name}`);
  return tensor;
}
