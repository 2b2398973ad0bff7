import assert from "node:assert/strict";
import { test } from "node:test";
import { t } from "../../cs336_core/ui/strings.js";
import { plotDescription, refusal } from "../../cs336_core/viewer/renderings/plot_spec.js";
import "../../cs336_core/viewer/renderings/strings.en.js";

const rows = (n) => Array.from({ length: n }, (_, x) => ({ x }));
const key = (spec) => refusal(spec)?.key;

test("a plot with its data in it is drawn", () => {
  assert.equal(
    refusal({ mark: "bar", data: { values: rows(50_000) }, encoding: { x: { field: "x" } } }),
    null,
  );
  assert.equal(
    refusal({
      $schema: "https://vega.github.io/x",
      layer: [{ data: { values: [{ url: "https://a.org" }] } }],
    }),
    null,
  );
  assert.equal(refusal({ datasets: { a: rows(50_000) }, data: { name: "a" } }), null);
  assert.equal(refusal({ data: { values: { type: "Topology", arcs: rows(50_000) } } }), null);
  assert.equal(refusal({ mark: { type: "area", fill: "url(#gradient)" } }), null);
  assert.equal(refusal({ data: { sequence: { start: 0, stop: 12, step: 0.1 } } }), null);
});

test("anything but a specification is refused", () => {
  for (const bad of [null, undefined, 3, "a", []]) assert.equal(key(bad), "rendering.plot.none");
});

test("a plot cannot load anything", () => {
  assert.deepEqual(refusal({ hconcat: [{ data: { url: "a.csv" } }] }), {
    key: "rendering.plot.request",
    values: { address: "a.csv" },
  });
  assert.equal(
    key({ transform: [{ lookup: "a", from: { data: { url: "https://a.org" } } }] }),
    "rendering.plot.request",
  );
  assert.equal(
    key({ data: { values: "a,b\n1,2", format: { type: "csv" } } }),
    "rendering.plot.text",
  );
});

test("a plot that is too large is refused", () => {
  for (const huge of [
    { data: { values: rows(100_001) } },
    { datasets: { a: rows(60_000), b: rows(60_000) } },
    { data: { sequence: { start: 0, stop: 1e12 } } },
    { data: { sequence: { stop: 10, step: 0 } } },
    { data: { graticule: { step: [0.01, 0.01] } } },
    { transform: [{ impute: "a", key: "b", keyvals: { start: 0, stop: 1e9 } }] },
    { encoding: { x: { bin: { maxbins: 1e9 } } } },
    { layer: Array.from({ length: 20_001 }, () => 0) },
    { repeat: { row: rows(300), column: rows(300) }, spec: { mark: "point" } },
    { repeat: rows(200), spec: { repeat: rows(200), spec: { mark: "point" } } },
    { mark: "point", transform: [{ calculate: "1+".repeat(2_000_000), as: "a" }] },
  ]) {
    assert.match(
      key(huge) ?? "",
      /^rendering\.plot\.large\.(?:rows|parts|cells)$/,
      JSON.stringify(huge).slice(0, 80),
    );
  }
});

test("a plot is described in words", () => {
  const spec = {
    title: { text: ["Loss", "by epoch"] },
    encoding: { x: { field: "epoch" }, y: { aggregate: "count" }, size: { value: 3 } },
  };
  assert.equal(plotDescription(spec, t), "Plot: Loss by epoch; x: epoch; y: count");
  assert.equal(plotDescription({}, t), "Plot: a figure without a title");
  assert.equal(plotDescription({ title: "A", description: "It falls." }, t), "Plot: It falls.");
});
