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
 * A node with its label, its center and its size; an edge passes through the points in `via`.
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ id: string, label: string, x: number, y: number, width: number, height: number }} Node
 * @typedef {{ source: Node, target: Node, label: string, via: Point[] }} Edge
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
    return from && to ? [{ source: from, target: to, label: text(label), via: [] }] : [];
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
  const apart = Math.max(...nodes.map((node) => node.width)) + GAP.along;
  const radius = nodes.length > 1 ? apart / (2 * Math.sin(Math.PI / nodes.length)) : 0;
  nodes.forEach((node, i) => {
    const angle = (2 * Math.PI * i) / nodes.length - Math.PI / 2;
    Object.assign(node, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  });
}

/** @param {Node[]} nodes @param {Edge[]} edges */
function placeInLayers(nodes, edges) {
  const layers = layersOf(nodes, edges);
  const neighbors = throughLayers(layers, edges);
  const ordered = inOrder(layers, neighbors);
  ordered.forEach((layer, depth) => {
    for (const node of layer) Object.assign(node, { x: 0, y: depth * (HEIGHT + GAP.along) });
    spread(layer, (node) => node.x);
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const layer of sweep % 2 ? [...ordered].reverse() : ordered)
      spread(layer, (node) => mean(neighbors.get(node) ?? [], (other) => other.x) ?? node.x);
}

/**
 * Adds a point to every layer that an edge crosses, so that no node is in its way. Returns the
 * neighbors of every node and every such point.
 * @param {Node[][]} layers
 * @param {Edge[]} edges
 */
function throughLayers(layers, edges) {
  const depths = new Map(layers.flatMap((layer, i) => layer.map((node) => [node, i])));
  /** @type {Map<Node, Node[]>} */
  const neighbors = new Map(layers.flat().map((node) => [node, []]));
  for (const edge of edges) {
    const [from, to] = [depths.get(edge.source) ?? 0, depths.get(edge.target) ?? 0];
    const step = Math.sign(to - from);
    /** @type {Node[]} */
    const points = [];
    for (let depth = from + step; step && depth !== to; depth += step) {
      const point = { id: "", label: "", x: 0, y: 0, width: 0, height: 0 };
      points.push(point);
      layers[depth]?.push(point);
      neighbors.set(point, []);
    }
    edge.via = points;
    const chain = [edge.source, ...points, edge.target];
    chain.slice(1).forEach((node, i) => {
      neighbors.get(node)?.push(/** @type {Node} */ (chain[i]));
      neighbors.get(/** @type {Node} */ (chain[i]))?.push(node);
    });
  }
  return neighbors;
}

/**
 * Moves the nodes of a layer close to where they should be, without overlap, in their order.
 * @param {Node[]} layer
 * @param {(node: Node) => number} wanted
 */
function spread(layer, wanted) {
  const centers = layer.map(wanted);
  let end = Number.NEGATIVE_INFINITY;
  layer.forEach((node, i) => {
    node.x = Math.max(centers[i] ?? 0, end + node.width / 2);
    end = node.x + node.width / 2 + GAP.across;
  });
  const shift = mean(layer, (node, i) => (centers[i] ?? 0) - node.x) ?? 0;
  for (const node of layer) node.x += shift;
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T, i: number) => number} value
 */
function mean(items, value) {
  return items.length
    ? items.reduce((sum, item, i) => sum + value(item, i), 0) / items.length
    : undefined;
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
 * @param {Map<Node, Node[]>} neighbors
 */
function inOrder(layers, neighbors) {
  let ordered = layers;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    /** @type {Map<Node, number>} where in its layer a node is, from 0 to 1 */
    const at = new Map();
    for (const layer of ordered)
      layer.forEach((node, i) => {
        at.set(node, (i + 0.5) / layer.length);
      });
    const middle = (/** @type {Node} */ node) =>
      mean(neighbors.get(node) ?? [], (other) => at.get(other) ?? 0) ?? at.get(node) ?? 0;
    ordered = ordered.map((layer) => [...layer].sort((a, b) => middle(a) - middle(b)));
  }
  return ordered;
}
