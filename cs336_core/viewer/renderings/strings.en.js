// The strings around renderings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "rendering.note": "Note",
    "rendering.truncated": "The text is cut here: {n} more characters are not shown.",
    "rendering.truncated.one": "The text is cut here: {n} more character is not shown.",
    "rendering.unknown": "A rendering of the type “{type}”, which this viewer does not know.",
    "rendering.table": "Table",
    "rendering.image": "Image",
    "rendering.video": "Video",
    "rendering.image.missing": "Image not found: {name}",
    "rendering.video.missing": "Video not found: {name}",
    "rendering.image.foreign": "Image on another site, which this page does not load: {name}",
    "rendering.video.foreign": "Video on another site, which this page does not load: {name}",
    "rendering.open": "Open it there",
    "rendering.plot": "Plot: {about}",
    "rendering.plot.by": "{channel}: {field}",
    "rendering.plot.untitled": "a figure without a title",
    "rendering.plot.loading": "Drawing the plot …",
    "rendering.plot.spec": "Specification",
    "rendering.plot.none": "This plot has no specification; expected a Vega-Lite object.",
    "rendering.plot.failed": "This plot could not be drawn: {error}",
    "rendering.plot.request":
      "This plot would load {address}, but a plot in a trace may not load anything. Put the data into data.values.",
    "rendering.plot.text":
      "This plot has its data as text. Put it into data.values as rows, each an object.",
    "rendering.plot.large.rows": "This plot has {n} rows of data; up to {limit} are drawn.",
    "rendering.plot.large.parts":
      "The specification of this plot has {n} parts; up to {limit} are drawn.",
    "rendering.plot.large.cells": "This plot has a grid of {n} cells; up to {limit} are drawn.",
    "rendering.plot.beyond.work":
      "This plot takes more than {limit} steps of computation, which is too much to draw here.",
    "rendering.plot.beyond.rows":
      "This plot has more than {limit} rows of data, which is too much to draw here.",
    "rendering.plot.beyond.views":
      "This plot has more than {limit} facets and series, which is too much to draw here.",
    "rendering.plot.beyond.ticks":
      "This plot has more than {limit} ticks or bins of a scale, which is too much to draw here.",
    "rendering.plot.beyond.letters":
      "This plot has more than {limit} letters in a text, which is too much to draw here.",
    "rendering.plot.function":
      "This plot calls {name}(), which is not allowed in a trace: it could run forever.",
    "rendering.graph": "Graph of {nodes}. Edges: {edges}.",
    "rendering.graph.nodes": "Graph of {nodes}, without edges.",
    "rendering.graph.edge": "{source} to {target}",
    "rendering.graph.edge.named": "{source} to {target} ({label})",
    "rendering.graph.none":
      "This graph is not drawn: it has no nodes, more than {nodes} nodes, or more than {edges} edges.",
    "rendering.link.nowhere": "The address of this link is not allowed: {address}",
    "rendering.link.code": "Go to {path}, line {line}",
    "rendering.reference.authors": "{names} and {n} others",
    "rendering.reference.authors.one": "{names} and {n} other",
    "rendering.widget": "An interactive figure.",
    "rendering.widget.page": "See it on the page",
  },
});
