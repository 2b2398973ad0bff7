import assert from "node:assert/strict";
import { test } from "node:test";
import { t } from "../../cs336_core/ui/strings.js";
import { description } from "../../cs336_core/viewer/renderings/graph.js";
import {
  MAX_EDGES,
  MAX_NODES,
  readGraph,
} from "../../cs336_core/viewer/renderings/graph_layout.js";
import "../../cs336_core/viewer/renderings/strings.en.js";

/** @param {string} edges such as "a-b b-c" @param {string} [layout] */
const graphOf = (edges, layout = "breadthfirst") => {
  const pairs = edges.split(" ").map((edge) => edge.split("-"));
  const ids = [...new Set(pairs.flat())];
  return {
    nodes: ids.map((id) => ({ data: { id } })),
    edges: pairs
      .filter((pair) => pair.length > 1)
      .map(([source, target]) => ({ data: { source, target } })),
    layout: { name: layout },
  };
};

/** The depth of every node, as the row in which it is drawn. @param {unknown} spec */
const rows = (spec) => {
  const { nodes = [] } = readGraph(spec) ?? {};
  const levels = [...new Set(nodes.map((node) => node.y))].sort((a, b) => a - b);
  return Object.fromEntries(nodes.map((node) => [node.id, levels.indexOf(node.y)]));
};

test("edges lead to later layers", () => {
  assert.deepEqual(rows(graphOf("a-b b-c a-c d-c")), { a: 0, b: 1, c: 2, d: 0 });
});

test("a cycle is drawn, whatever its length", () => {
  assert.deepEqual(rows(graphOf("a-b b-c c-a")), { a: 0, b: 1, c: 2 });
  assert.deepEqual(rows(graphOf("a-a")), { a: 0 });
});

test("nodes of a layer do not overlap, and neighbors are near each other", () => {
  const { nodes = [] } = readGraph(graphOf("a-x b-y c-z a-w")) ?? {};
  for (const one of nodes) {
    for (const other of nodes) {
      const apart = Math.abs(one.x - other.x) >= (one.width + other.width) / 2;
      assert.ok(one === other || one.y !== other.y || apart);
    }
  }
  const crossed = readGraph(graphOf("a-2 b-1 c-0")) ?? { nodes: [] };
  const x = Object.fromEntries(crossed.nodes.map((node) => [node.id, node.x]));
  assert.equal(x.a < x.c, x[2] < x[0]);
});

test("an edge over several layers leads past the nodes between", () => {
  const { nodes = [], edges = [] } = readGraph(graphOf("a-b b-c c-d a-d")) ?? {};
  const long = edges.at(-1);
  assert.equal(long?.via.length, 2);
  for (const { x, y } of long?.via ?? []) {
    for (const node of nodes) {
      assert.ok(node.y !== y || Math.abs(node.x - x) > node.width / 2);
    }
  }
  assert.deepEqual(edges[0]?.via, []);
});

test("a program may place the nodes itself", () => {
  const spec = graphOf("a-b", "preset");
  const placed = {
    ...spec,
    nodes: spec.nodes.map((node, i) => ({ ...node, position: { x: 100 * i, y: -50 } })),
  };
  const { nodes = [] } = readGraph(placed) ?? {};
  assert.deepEqual(
    nodes.map(({ x, y }) => [x, y]),
    [
      [0, -50],
      [100, -50],
    ],
  );
  assert.deepEqual(rows(spec), { a: 0, b: 1 }); // no positions after all
});

test("nodes on a circle have the same distance from its center", () => {
  const { nodes = [] } = readGraph(graphOf("a-b b-c c-d", "circle")) ?? {};
  const distances = new Set(nodes.map(({ x, y }) => Math.round(Math.hypot(x, y))));
  assert.equal(distances.size, 1);
});

test("what is not a graph, or too large, is not drawn", () => {
  const nodes = (/** @type {number} */ n) =>
    Array.from({ length: n }, (_, i) => ({ data: { id: String(i) } }));
  const edges = Array(MAX_EDGES + 1).fill({ data: { source: "0", target: "1" } });
  for (const bad of [
    null,
    5,
    "x",
    {},
    { nodes: 5 },
    { nodes: [] },
    { nodes: [null, { data: {} }] },
    { nodes: nodes(MAX_NODES + 1) },
    { nodes: nodes(2), edges },
  ])
    assert.equal(readGraph(bad), null);
  const odd = {
    nodes: [...nodes(2), ...nodes(2), { data: { id: "x", label: "l".repeat(99) } }],
    edges: [null, { data: { source: "0", target: "nowhere" } }, { data: 3 }],
  };
  const { nodes: read = [], edges: links = [] } = readGraph(odd) ?? {};
  assert.deepEqual([read.length, links.length, read[2]?.label.length], [3, 0, 40]);
  assert.notEqual(readGraph({ nodes: nodes(MAX_NODES) }), null);
});

test("edges have arrows unless the program's style removes them", () => {
  assert.equal(readGraph(graphOf("a-b"))?.hasArrows, true);
  const stylesheet = [{ selector: "edge", style: { "target-arrow-shape": "none" } }];
  assert.equal(readGraph({ ...graphOf("a-b"), stylesheet })?.hasArrows, false);
});

test("a graph has a text alternative", () => {
  const spec = graphOf("a-b b-c");
  Object.assign(/** @type {any} */ (spec.edges[1]).data, { label: "next" });
  const { nodes = [], edges = [] } = readGraph(spec) ?? {};
  assert.equal(description(nodes, edges, t), "Graph of a, b, c. Edges: a to b; b to c (next).");
  assert.equal(description(nodes, [], t), "Graph of a, b, c, without edges.");
});
