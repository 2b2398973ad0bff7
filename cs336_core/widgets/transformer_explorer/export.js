// The figure's data and picture, as text for the reader to save.

import { norm, rowOf } from "../../browser/model/transformer/matrix.js";
import { contributions } from "../../browser/model/transformer/reading.js";
import { toCSV } from "../../ui/export.js";
import { weightRows } from "../../ui/live_model/heads.js";
import { probabilityText } from "../../ui/live_model/prediction.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { urlTraits } from "../../ui/state.js";
import { EMBEDDING, layoutOf, strandsOf } from "./river.js";
import { schema } from "./state.js";

/** @typedef {import("./use_reading.js").Reading} Reading */

/** The width of the saved picture. */
const WIDTH = 688;

/** @param {Reading | undefined} reading */
export const csvText = (reading) => toCSV(reading ? weightRows(reading.pass, reading.labels) : []);

/**
 * The settings, the tokens, the prediction, and the stream of the selected position.
 * @param {import("./state.js").State} state
 * @param {Reading | undefined} reading
 */
export function jsonText(state, reading) {
  const settings = Object.fromEntries(urlTraits(schema).map((name) => [name, state[name]]));
  if (!reading) return `${JSON.stringify({ settings }, null, 1)}\n`;
  const { ids, labels, position, pass, next, loss, live } = reading;
  const streams = [pass.embeddings, ...pass.blocks.map(({ output }) => output)];
  const data = {
    settings,
    model: live.model.config,
    tokens: ids.map((id, i) => ({ id, text: labels[i] })),
    position: position + 1,
    next: next.map(({ id, label, logit, probability }) => ({
      id,
      text: label,
      logit,
      probability,
    })),
    loss,
    stream: streams.map((stream) => ({
      length: norm(rowOf(stream, position)),
      entries: [...rowOf(stream, position)],
    })),
    additions: contributions(pass, position).map(({ part, size }) => ({ part, length: size })),
  };
  return `${JSON.stringify(data, null, 1)}\n`;
}

/**
 * The river with its tokens, the likeliest next tokens, and the status.
 * @param {Reading | undefined} reading
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(reading, caption, color) {
  const picture = new Picture(color);
  if (reading) {
    for (const { label, probability } of reading.next) {
      picture.text(label, MARGIN, picture.y + 14);
      picture.text(probabilityText(probability), MARGIN + 160, picture.y + 14, { anchor: "end" });
      const width = (200 * probability).toFixed(1);
      picture.parts.push(
        `<rect x="${MARGIN + 172}" y="${picture.y + 3}" width="${width}" height="12" rx="3" fill="${color("accent")}"/>`,
      );
      picture.y += 22;
    }
    picture.y += 12;
    drawRiver(picture, reading);
  }
  picture.caption(caption);
  return picture.toSVG(caption);
}

/** @param {Picture} picture @param {Reading} reading */
function drawRiver(picture, { pass, position, labels, live }) {
  const { color } = picture;
  const nBlocks = live.model.config.n_layers;
  const size = { n: labels.length, selected: position, room: WIDTH, nBlocks };
  const layout = layoutOf({ ...size, attention: 54, mlp: 34 });
  const scale = Math.min(1, WIDTH / layout.width);
  const paints = { embedding: "control", attention: "attention", mlp: "mlp" };
  const lines = layout.columns.map(
    (x) =>
      `<path d="M${x.toFixed(1)} ${layout.height - EMBEDDING}V16" stroke="${color("line")}" stroke-width="2"/>`,
  );
  const strands = strandsOf(pass, position, layout, undefined).map(
    ({ kind, width, d }) =>
      `<path d="${d}" fill="none" stroke="${color(paints[kind])}" stroke-width="${width.toFixed(2)}" stroke-opacity="0.75"/>`,
  );
  const inside = [...lines, ...strands].join("\n");
  picture.parts.push(
    `<g transform="translate(${MARGIN} ${picture.y}) scale(${scale.toFixed(4)})">${inside}</g>`,
  );
  picture.y += scale * (layout.height - EMBEDDING) + 8;
  const turned = layout.column * scale < 48;
  labels.forEach((label, i) => {
    const [x, y] = [MARGIN + scale * Number(layout.columns[i]), picture.y + 10];
    picture.parts.push(
      `<g transform="translate(${x.toFixed(1)} ${y})${turned ? " rotate(60)" : ""}">`,
    );
    picture.text(label, turned ? 0 : -8, 4);
    picture.parts.push("</g>");
  });
  picture.y += turned ? 84 : 20;
}
