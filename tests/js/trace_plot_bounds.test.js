// Limits on the plots of a trace, drawn by Vega without a page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "vega-lite";
import { PlotRefused } from "../../cs336_core/viewer/renderings/libraries/plot_bounds.js";
import { loads } from "../../cs336_core/viewer/renderings/libraries/plot_expressions.js";
import { boundedView } from "../../cs336_core/viewer/renderings/libraries/plot_view.js";

/**
 * Why a plot is not drawn: a bound, a function, an address; "" where it is.
 * @param {Record<string, any>} spec
 */
async function refused(spec) {
  /** @type {any} */
  const logger = {
    level: () => logger,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
    error: (/** @type {unknown} */ error) => (logger.failure ??= error),
  };
  const { spec: compiled } = compile(/** @type {any} */ (spec), { logger });
  await boundedView(compiled, { logger, renderer: "none" }).runAsync();
  if (!logger.failure) return "";
  if (!(logger.failure instanceof PlotRefused)) throw logger.failure;
  const { key, values } = logger.failure.refusal;
  const quantity = /^rendering\.plot\.beyond\.(\w+)$/.exec(key)?.[1];
  return quantity ?? values.name ?? values.address;
}

const rows = (/** @type {number} */ stop) => ({ sequence: { start: 0, stop, as: "a" } });
const x = { field: "a", type: "quantitative" };
const points = { data: rows(100), mark: "point", encoding: { x, y: x } };
/** A plot of points with a transform. @param {any[]} transform @param {number} [n] */
const by = (transform, n = 100) => ({ ...points, data: rows(n), transform });
/** @param {string} calculate */
const calculated = (calculate) => by([{ calculate, as: "b" }]);

test("plots of every kind are drawn", async () => {
  const kinds = [
    points,
    { ...points, data: rows(20_000), mark: "circle" },
    {
      data: {
        values: [
          { b: "u", c: 3 },
          { b: "v", c: 5 },
        ],
      },
      mark: { type: "bar", tooltip: true, fill: { expr: "'rgb(1, 2, 3)'" } },
      encoding: {
        x: { field: "b" },
        y: { field: "c", type: "quantitative" },
        text: { field: "b" },
      },
    },
    {
      data: rows(1000),
      mark: "bar",
      encoding: { x: { ...x, bin: { maxbins: 60 } }, y: { aggregate: "count" } },
    },
    {
      data: rows(500),
      mark: "line",
      transform: [
        { calculate: "sin(datum.a / 20)", as: "b" },
        {
          window: [
            { op: "mean", field: "b", as: "c" },
            { op: "max", field: "b", as: "d" },
          ],
          frame: [null, 0],
        },
      ],
      encoding: { x, y: { field: "c", type: "quantitative" } },
    },
    {
      data: rows(500),
      mark: "rect",
      encoding: { x: { ...x, bin: true }, y: { ...x, bin: true }, color: { aggregate: "count" } },
    },
    {
      data: rows(60),
      facet: { field: "b", columns: 5 },
      transform: [{ calculate: "datum.a % 20", as: "b" }],
      spec: { mark: "point", encoding: { x, y: x } },
    },
    {
      data: rows(200),
      mark: "area",
      transform: [{ density: "a" }],
      encoding: {
        x: { field: "value", type: "quantitative" },
        y: { field: "density", type: "quantitative" },
      },
    },
    {
      data: rows(400),
      mark: "line",
      transform: [{ loess: "a", on: "a", bandwidth: 0.5 }],
      encoding: { x, y: x },
    },
    {
      data: rows(30),
      mark: "point",
      transform: [{ calculate: "datetime(2024, 0, 1 + datum.a)", as: "t" }],
      encoding: {
        x: {
          field: "t",
          type: "temporal",
          axis: { tickCount: { interval: "week", step: 1 }, format: "%d" },
        },
        y: { ...x, axis: { format: ".2f" }, scale: { type: "symlog", nice: true } },
      },
    },
    {
      data: rows(30),
      mark: { type: "point", cursor: "pointer" },
      params: [{ name: "brush", select: "interval" }],
      encoding: {
        x,
        y: x,
        color: {
          condition: {
            param: "brush",
            field: "a",
            type: "quantitative",
            scale: { scheme: "viridis" },
          },
          value: "hsl(10 20% 30%)",
        },
      },
    },
    {
      data: rows(30),
      mark: {
        type: "area",
        color: {
          gradient: "linear",
          stops: [
            { offset: 0, color: "red" },
            { offset: 1, color: "blue" },
          ],
        },
      },
      encoding: { x, y: x },
    },
    {
      data: { graticule: { step: [15, 15] } },
      mark: "geoshape",
      projection: { type: "orthographic" },
    },
    {
      data: { values: [{ s: "url(https://a.org/x) (so called)" }] },
      mark: { type: "text", tooltip: true },
      encoding: { text: { field: "s" }, href: { field: "s" } },
    },
    {
      repeat: { row: ["a", "b"], column: ["a", "b"] },
      spec: {
        data: rows(20),
        transform: [{ calculate: "datum.a * 2", as: "b" }],
        mark: "point",
        encoding: {
          x: { field: { repeat: "column" }, type: "quantitative" },
          y: { field: { repeat: "row" }, type: "quantitative" },
        },
      },
    },
  ];
  for (const spec of kinds) assert.equal(await refused(spec), "", JSON.stringify(spec));
});

/** @type {[string, string, any][]} what is too much of it, a name, the plot */
const TOO_MUCH = [
  [
    "regexp",
    "a regular expression",
    calculated("test(regexp('^(a+)+$'), 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')"),
  ],
  ["test", "a literal one", calculated("test(/^(a+)+$/, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')")],
  [
    "letters",
    "a text split by one",
    calculated("split('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)"),
  ],
  [
    "replace",
    "a replacement",
    calculated("replace('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/, 'x')"),
  ],
  ["letters", "a padded text", calculated("pad('x', 5e8, 'y')")],
  ["letters", "a padded number", calculated("format(1, '999999999d')")],
  ["letters", "a joined list", calculated("join(sequence(100000), 'xxxxxxxxxxxx')")],
  [
    "letters",
    "a text that doubles",
    by(
      Array.from({ length: 40 }, (_, i) => ({
        calculate: i ? `datum.b${i - 1} + datum.b${i - 1}` : "'x'",
        as: `b${i}`,
      })),
    ),
  ],
  ["rows", "a sequence", calculated("length(sequence(0, 1e9))")],
  [
    "timeSequence",
    "a sequence of times",
    calculated("timeSequence('millisecond', datetime(1970), datetime(2026))"),
  ],
  [
    "work",
    "many sequences",
    by(
      [
        { calculate: "length(sequence(datum.a, 90000))", as: "b" },
        { calculate: "sequence(90000)", as: "c" },
        { flatten: ["c"], as: ["d"] },
      ],
      50_000,
    ),
  ],
  ["ticks", "a wide plot", { ...points, width: 1e9 }],
  [
    "ticks",
    "a plot of wide steps",
    {
      ...points,
      width: { step: 1e9 },
      encoding: { x: { field: "a", type: "ordinal" }, y: { ...x, axis: { tickCount: 1e9 } } },
    },
  ],
  [
    "ticks",
    "ticks of a computed number",
    {
      ...points,
      params: [{ name: "n", value: 1e9 }],
      encoding: { x: { ...x, axis: { tickCount: { expr: "n" } } } },
    },
  ],
  [
    "ticks",
    "ticks of time",
    {
      ...points,
      encoding: {
        x: {
          field: "a",
          type: "temporal",
          scale: { domain: [{ year: 2000 }, { year: 2020 }] },
          axis: { tickCount: { interval: "milliseconds", step: 1 } },
        },
      },
    },
  ],
  [
    "ticks",
    "fine bins",
    { ...points, encoding: { x: { ...x, bin: { step: 1e-7 } }, y: { aggregate: "count" } } },
  ],
  [
    "ticks",
    "a scheme of many colors",
    {
      ...points,
      encoding: {
        ...points.encoding,
        color: { ...x, scale: { scheme: { name: "blues", count: 1e9 }, type: "quantize" } },
      },
    },
  ],
  [
    "ticks",
    "a logarithm's base",
    { ...points, encoding: { x: { ...x, scale: { type: "log", base: 1e9, domain: [1, 1e30] } } } },
  ],
  [
    "letters",
    "a number's format",
    { ...points, encoding: { x: { ...x, axis: { format: "0999999999d" } } } },
  ],
  [
    "rows",
    "flattened rows",
    by([{ calculate: "sequence(1000)", as: "b" }, { flatten: ["b"] }], 1000),
  ],
  [
    "work",
    "twice flattened rows",
    by(
      [
        { calculate: "sequence(300)", as: "b" },
        { flatten: ["b"] },
        { calculate: "sequence(300)", as: "c" },
        { flatten: ["c"] },
      ],
      300,
    ),
  ],
  ["rows", "folded rows", by([{ fold: Array.from({ length: 500 }, (_, i) => `a${i}`) }], 1000)],
  [
    "rows",
    "imputed rows",
    by(
      [
        { calculate: "datum.a + 1", as: "b" },
        { impute: "a", key: "a", groupby: ["b"], value: 0 },
      ],
      5000,
    ),
  ],
  [
    "work",
    "a window's medians",
    by([{ window: [{ op: "median", field: "a", as: "b" }], frame: [null, 0] }], 50_000),
  ],
  [
    "work",
    "a pivot",
    by(
      [
        { calculate: "1", as: "b" },
        { pivot: "a", value: "b" },
      ],
      50_000,
    ),
  ],
  ["work", "a smoothed line", by([{ loess: "a", on: "a" }], 50_000)],
  ["work", "a polynomial", by([{ regression: "a", on: "a", method: "poly", order: 500 }])],
  [
    "work",
    "a density's steps",
    {
      ...by([{ density: "a", steps: { signal: "1e9" } }]),
      encoding: { x: { field: "value", type: "quantitative" } },
    },
  ],
  [
    "work",
    "quantiles",
    {
      ...by([{ quantile: "a", step: 1e-9 }]),
      encoding: { x: { field: "prob", type: "quantitative" } },
    },
  ],
  [
    "work",
    "a fine mesh",
    {
      data: {
        graticule: {
          extentMinor: [
            [-180, -90],
            [180, 90],
          ],
          stepMinor: [0.02, 0.02],
        },
      },
      mark: "geoshape",
    },
  ],
  [
    "work",
    "a precise projection",
    {
      data: { graticule: true },
      mark: "geoshape",
      projection: { type: "mercator", precision: 1e-9 },
    },
  ],
  [
    "views",
    "many facets",
    { data: rows(20_000), facet: { field: "a" }, spec: { mark: "point", encoding: { x, y: x } } },
  ],
  [
    "views",
    "facets of facets",
    {
      data: rows(3000),
      transform: [{ calculate: "datum.a + 1", as: "b" }],
      facet: { row: { field: "a" }, column: { field: "b" } },
      spec: { mark: "point", encoding: { x, y: x } },
    },
  ],
  [
    "work",
    "many layers",
    {
      data: rows(100_000),
      layer: Array.from({ length: 100 }, () => ({ mark: "point", encoding: { x, y: x } })),
    },
  ],
];

for (const [quantity, name, spec] of TOO_MUCH) {
  test(`the work of a plot is limited: ${name}`, { timeout: 20_000 }, async () => {
    assert.equal(await refused(spec), quantity);
  });
}

test("a plot is drawn without loading anything", async () => {
  const address = "'u' + 'rl(https://a.org/x#y)'";
  for (const mark of [
    { type: "point", fill: { expr: address } },
    { type: "point", stroke: { expr: address } },
    { type: "point", cursor: { expr: "'image-' + 'set(\"https://a.org/x\" 1x)'" } },
    { type: "point", fill: "url(https://a.org/x)" },
    { type: "point", fill: "u\\72l(https://a.org/x)" },
  ]) {
    assert.match(await refused({ ...points, mark }), /a\.org/, JSON.stringify(mark));
  }
  const colored = { ...points, data: { values: [{ a: 1, c: "url(https://a.org/x)" }] } };
  for (const color of [
    { field: "c", type: "nominal", scale: null },
    { field: "a", type: "nominal", scale: { range: ["URL( 'https://a.org/x')"] } },
  ]) {
    assert.match(await refused({ ...colored, encoding: { x, color } }), /a\.org/);
  }
  const axis = { labelColor: { expr: address } };
  assert.match(await refused({ ...points, encoding: { x: { ...x, axis } } }), /a\.org/);
  await assert.rejects(
    refused({
      ...points,
      params: [
        { name: "cursor", expr: address },
        { name: "b", expr: "cursor" },
      ],
    }),
    /cursor/,
  );
});

test("CSS values that load nothing are allowed", () => {
  for (const fine of [
    "red",
    "#123456",
    "rgb(1 2 3 / 50%)",
    "hsl(1, 2%, 3%)",
    "var(--cs336-ink)",
    "url(#gradient)",
    "url( '#gradient')",
    "Source Serif",
    "M0,0L1,1",
  ])
    assert.ok(!loads(fine), fine);
  for (const bad of [
    "url(x)",
    "URL( x)",
    "src('x')",
    "image-set('x' 1x)",
    "cross-fade(a, b)",
    "\\75rl(x)",
    "url(#a) url(x)",
    "rgb(url(x))",
  ])
    assert.ok(loads(bad), bad);
});
