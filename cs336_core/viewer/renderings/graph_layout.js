// Reads a graph, as edtrace's `make_graph` describes it, and places its nodes: where the program puts
// them (the layout "preset"), on a circle, or else in layers, each edge leading to a later layer. The
// graph may come from anyone, so its size is limited.

/** The largest graph that is drawn, and characters of a label. */
export const MAX_NODES = 200;
export const MAX_EDGES = 1_000;
const MAX_LABEL = 40;

/** Pixels: the height of a node, its width per character and around its label, and the gaps. */
const HEIGHT = 28;
const PER_CHARACTER = 7.6;
const AROUND = 18;
const GAP = { across: 24, along: 44 };
/** How often the order within layers is improved. */
const SWEEPS = 8;

/**
 * A node with its label, its center and its size.
 * @typedef {{ id: string, label: string, x: number, y: number, width: number, height: number }} Node
 * @typedef {{ source: Node, target: Node, label: string }} Edge
 * @typedef {{ nodes: Node[], edges: Edge[], hasArrows: boolean }} Graph
 */

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
const members = (value) =>
  typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};

/** @param {unknown} value @returns {unknown[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** @param {unknown} value */
function text(value) {
  if (typeof value !== "string" && typeof value !== "number") return "";
  const characters = [...String(value)];
  return characters.length > MAX_LABEL
    ? `${characters.slice(0, MAX_LABEL - 1).join("")}…`
    : characters.join("");
}

/**
 * The graph of a specification, with its nodes in place; null if it has no nodes or too many parts.
 * @param {unknown} spec
 * @returns {Graph | null}
 */
export function readGraph(spec) {
  const { nodes: given, edges: links, layout, stylesheet } = members(spec);
  const found = list(given);
  if (!found.length || found.length > MAX_NODES || list(links).length > MAX_EDGES) return null;
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  let isPlaced = true;
  for (const item of found) {
    const { data, position } = members(item);
    const { id, label } = members(data);
    if (typeof id !== "string" || nodes.has(id)) continue;
    const shown = text(label ?? id);
    const { x, y } = members(position);
    isPlaced &&= Number.isFinite(x) && Number.isFinite(y);
    const width = Math.max(HEIGHT, [...shown].length * PER_CHARACTER + AROUND);
    nodes.set(id, { id, label: shown, x: Number(x), y: Number(y), width, height: HEIGHT });
  }
  const edges = list(links).flatMap((item) => {
    const { source, target, label } = members(members(item).data);
    const [from, to] = [nodes.get(String(source)), nodes.get(String(target))];
    return from && to ? [{ source: from, target: to, label: text(label) }] : [];
  });
  const placed = [...nodes.values()];
  if (!placed.length) return null;
  const { name } = members(layout);
  if (name === "circle") placeOnCircle(placed);
  else if (name !== "preset" || !isPlaced) placeInLayers(placed, edges);
  const hasArrows = !JSON.stringify(stylesheet ?? "").includes('"target-arrow-shape":"none"');
  return { nodes: placed, edges, hasArrows };
}

/** @param {Node[]} nodes */
function placeOnCircle(nodes) {
  const around = nodes.reduce((sum, node) => sum + node.width + GAP.across, 0);
  const radius = nodes.length > 1 ? Math.max(around / (2 * Math.PI), GAP.along) : 0;
  nodes.forEach((node, i) => {
    const angle = (2 * Math.PI * i) / nodes.length - Math.PI / 2;
    Object.assign(node, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  });
}

/** @param {Node[]} nodes @param {Edge[]} edges */
function placeInLayers(nodes, edges) {
  const layers = inOrder(layersOf(nodes, edges), edges);
  layers.forEach((layer, depth) => {
    const width = layer.reduce((sum, node) => sum + node.width + GAP.across, -GAP.across);
    let x = -width / 2;
    for (const node of layer) {
      Object.assign(node, { x: x + node.width / 2, y: depth * (HEIGHT + GAP.along) });
      x += node.width + GAP.across;
    }
  });
}

/**
 * Layers of nodes: a node is one layer below the lowest node that leads to it. Edges that close a
 * cycle do not count.
 * @param {Node[]} nodes
 * @param {Edge[]} edges
 */
export function layersOf(nodes, edges) {
  /** @type {Map<Node, Node[]>} */
  const targets = new Map(nodes.map((node) => [node, []]));
  for (const { source, target } of edges) targets.get(source)?.push(target);
  /** @type {Map<Node, "open" | "done">} */
  const state = new Map();
  /** @type {Node[]} every node behind all it leads to */
  const finished = [];
  /** @type {Set<string>} edges that close a cycle */
  const back = new Set();
  const key = (/** @type {Node} */ a, /** @type {Node} */ b) => JSON.stringify([a.id, b.id]);
  const visit = (/** @type {Node} */ node) => {
    state.set(node, "open");
    for (const target of targets.get(node) ?? []) {
      if (state.get(target) === "open") back.add(key(node, target));
      else if (!state.has(target)) visit(target);
    }
    state.set(node, "done");
    finished.push(node);
  };
  for (const node of nodes) if (!state.has(node)) visit(node);
  const depths = new Map(nodes.map((node) => [node, 0]));
  for (const node of finished.reverse()) {
    for (const target of targets.get(node) ?? []) {
      if (back.has(key(node, target))) continue;
      depths.set(target, Math.max(depths.get(target) ?? 0, (depths.get(node) ?? 0) + 1));
    }
  }
  /** @type {Node[][]} */
  const layers = Array.from({ length: Math.max(...depths.values()) + 1 }, () => []);
  for (const node of nodes) layers[depths.get(node) ?? 0]?.push(node);
  return layers;
}

/**
 * The layers with their nodes in an order with few crossings: each near those it is connected with.
 * @param {Node[][]} layers
 * @param {Edge[]} edges
 */
function inOrder(layers, edges) {
  /** @type {Map<Node, Node[]>} */
  const neighbors = new Map(layers.flat().map((node) => [node, []]));
  for (const { source, target } of edges) {
    neighbors.get(source)?.push(target);
    neighbors.get(target)?.push(source);
  }
  let ordered = layers;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    /** @type {Map<Node, number>} where in its layer a node is, from 0 to 1 */
    const at = new Map();
    for (const layer of ordered)
      layer.forEach((node, i) => {
        at.set(node, (i + 0.5) / layer.length);
      });
    const middle = (/** @type {Node} */ node) => {
      const all = neighbors.get(node) ?? [];
      const sum = all.reduce((total, other) => total + (at.get(other) ?? 0), 0);
      return all.length ? sum / all.length : (at.get(node) ?? 0);
    };
    ordered = ordered.map((layer) => [...layer].sort((a, b) => middle(a) - middle(b)));
  }
  return ordered;
}
