// Graphs in a trace as SVG: nodes with labels, edges with arrows.

import { formatNumber } from "../../ui/strings.js";
import { MAX_EDGES, MAX_NODES, readGraph } from "./graph_layout.js";

/** @typedef {import("./graph_layout.js").Node} Node */
/** @typedef {import("./graph_layout.js").Edge} Edge */
/** @typedef {import("./graph_layout.js").Point} Point */

const MARGIN = 8;
const ARROW = 7;
/** How far an edge from a node to itself rises above it. */
const LOOP = 28;
/** How far the two edges between the same nodes bend apart. */
const BEND = 14;
/** Edges that the text alternative lists. */
const MAX_LISTED = 50;

/**
 * A graph, or the reason why it is not drawn.
 * @param {unknown} spec
 * @param {import("./rendering.js").Context} context
 * @returns {Element}
 */
export function graph(spec, { t }) {
  const read = readGraph(spec);
  if (read === null) {
    const note = document.createElement("p");
    note.className = "cs336-placeholder";
    const limits = { nodes: formatNumber(MAX_NODES), edges: formatNumber(MAX_EDGES) };
    note.textContent = t("rendering.graph.none", limits);
    return note;
  }
  const { nodes, edges, hasArrows } = read;
  const svg = element("svg", { class: "cs336-graph", role: "img" });
  svg.setAttribute("aria-label", description(nodes, edges, t));
  const points = edges.flatMap((edge) => edge.via);
  const across = [...nodes, ...points.map((point) => ({ ...point, width: 0 }))];
  const left = Math.min(...across.map(({ x, width }) => x - width / 2)) - MARGIN;
  const right = Math.max(...across.map(({ x, width }) => x + width / 2)) + MARGIN;
  const looped = new Set(edges.flatMap((edge) => (edge.source === edge.target ? edge.source : [])));
  const above = (/** @type {Node} */ node) => node.height / 2 + (looped.has(node) ? LOOP : 0);
  const top = Math.min(...nodes.map((node) => node.y - above(node))) - MARGIN;
  const bottom = Math.max(...nodes.map((node) => node.y + node.height / 2)) + MARGIN;
  const [width, height] = [right - left, bottom - top].map(Math.ceil);
  const size = { viewBox: `${left} ${top} ${width} ${height}`, width, height };
  for (const [name, value] of Object.entries(size)) svg.setAttribute(name, String(value));
  const pairs = new Set(edges.map(({ source, target }) => JSON.stringify([source.id, target.id])));
  for (const edge of edges) {
    const isBent = pairs.has(JSON.stringify([edge.target.id, edge.source.id]));
    svg.append(...edgeElements(edge, isBent, hasArrows));
  }
  svg.append(...nodes.map(nodeElement));
  return svg;
}

/** @param {Node} node */
function nodeElement({ label, x, y, width, height }) {
  const group = element("g", { class: "cs336-graph-node" });
  const box = { x: x - width / 2, y: y - height / 2, width, height, rx: height / 2 };
  const name = element("text", { x, y, "dominant-baseline": "central" });
  name.textContent = label;
  group.append(element("rect", box), name);
  return group;
}

/**
 * @param {Edge} edge
 * @param {boolean} isBent
 * @param {boolean} hasArrows
 */
function edgeElements({ source, target, label, via }, isBent, hasArrows) {
  if (source === target) return loopElements(source, label);
  const bend = isBent ? BEND : 0;
  const length = Math.hypot(target.x - source.x, target.y - source.y) || 1;
  const control = {
    x: (source.x + target.x) / 2 + (2 * bend * (source.y - target.y)) / length,
    y: (source.y + target.y) / 2 + (2 * bend * (target.x - source.x)) / length,
  };
  const controls = via.length ? via : [control];
  const [first, last] = /** @type {[Point, Point]} */ ([controls[0], controls.at(-1)]);
  const from = border(source, first);
  const to = border(target, last);
  const curves = controls.map((point, i) => {
    const end = i + 1 < controls.length ? between(point, controls[i + 1] ?? to) : to;
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  const path = `M${from.x} ${from.y}${curves.join("")}`;
  const shown = [element("path", { class: "cs336-graph-edge", d: path })];
  if (hasArrows) shown.push(arrow(last, to));
  if (label) {
    const at = via.length ? via[Math.floor(via.length / 2)] : between(between(from, to), control);
    shown.push(labelElement(label, at ?? control));
  }
  return shown;
}

/** @param {Point} a @param {Point} b */
const between = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** @param {Node} node @param {string} label */
function loopElements(node, label) {
  const top = node.y - node.height / 2;
  const control = `${node.x - 2 * ARROW} ${top - LOOP} ${node.x + 2 * ARROW} ${top - LOOP}`;
  const path = `M${node.x - ARROW} ${top}C${control} ${node.x + ARROW} ${top}`;
  const shown = [element("path", { class: "cs336-graph-edge", d: path })];
  if (label) shown.push(labelElement(label, { x: node.x, y: top - LOOP }));
  return shown;
}

/** @param {string} label @param {Point} at */
function labelElement(label, { x, y }) {
  const name = element("text", {
    class: "cs336-graph-label",
    x,
    y,
    "dominant-baseline": "central",
  });
  name.textContent = label;
  return name;
}

/** @param {Point} from @param {Point} to */
function arrow(from, to) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const corner = (/** @type {number} */ turn) =>
    `${to.x - ARROW * Math.cos(angle + turn)},${to.y - ARROW * Math.sin(angle + turn)}`;
  const points = `${to.x},${to.y} ${corner(0.45)} ${corner(-0.45)}`;
  return element("polygon", { class: "cs336-graph-arrow", points });
}

/**
 * Where the line from a node's center to a point leaves the node.
 * @param {Node} node
 * @param {Point} point
 */
function border({ x, y, width, height }, point) {
  const [dx, dy] = [point.x - x, point.y - y];
  const scale = Math.min(
    dx ? width / 2 / Math.abs(dx) : Number.POSITIVE_INFINITY,
    dy ? height / 2 / Math.abs(dy) : Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(scale) ? { x: x + dx * scale, y: y + dy * scale } : { x, y };
}

/**
 * A graph in words: its nodes, and where its edges lead.
 * @param {Node[]} nodes
 * @param {Edge[]} edges
 * @param {(key: string, values?: Record<string, string | number>) => string} t
 */
export function description(nodes, edges, t) {
  const labels = nodes.slice(0, MAX_LISTED).map((node) => node.label);
  const listed = edges.slice(0, MAX_LISTED).map(({ source, target, label }) => {
    const values = { source: source.label, target: target.label, label };
    return t(label ? "rendering.graph.edge.named" : "rendering.graph.edge", values);
  });
  if (nodes.length > MAX_LISTED) labels.push("…");
  if (edges.length > MAX_LISTED) listed.push("…");
  const values = { nodes: labels.join(", "), edges: listed.join("; ") };
  return t(edges.length ? "rendering.graph" : "rendering.graph.nodes", values);
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const created = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  return created;
}
