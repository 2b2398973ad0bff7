// What is said of what a program shows, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "rendering.note": "Note",
    "rendering.cut": "The text is cut here: {n} more characters are not shown.",
    "rendering.unknown": "A rendering of the type “{type}”, which this viewer does not know.",
    "rendering.table": "Table",
    "rendering.image": "Image",
    "rendering.video": "Video",
    "rendering.image.missing": "This image is not here: {name}",
    "rendering.video.missing": "This video is not here: {name}",
    "rendering.image.foreign": "An image of another site, which this page does not load: {name}",
    "rendering.video.foreign": "A video of another site, which this page does not load: {name}",
    "rendering.open": "Open it there",
    "rendering.plot": "Plot: {about}",
    "rendering.plot.by": "{channel}: {field}",
    "rendering.plot.untitled": "a figure without a title",
    "rendering.plot.loading": "The plot is being drawn.",
    "rendering.plot.spec": "Its specification",
    "rendering.plot.none": "This plot has no specification: an object of Vega-Lite is expected.",
    "rendering.plot.failed": "This plot could not be drawn: {error}",
    "rendering.plot.request":
      "This plot would load {address}, and a plot in a trace loads nothing. Put data into its data.values.",
    "rendering.plot.text":
      "This plot has its data as text. Put them into its data.values as rows, each an object.",
    "rendering.plot.large": "This plot has {n} {what}; up to {limit} are drawn.",
    "rendering.plot.beyond":
      "This plot has more than {limit} {what}, which is too much to draw here.",
    "rendering.plot.function":
      "This plot calls {name}(), which a plot in a trace may not: it could run without end.",
    "rendering.plot.work": "steps of computation",
    "rendering.plot.views": "facets and series",
    "rendering.plot.ticks": "ticks or bins of a scale",
    "rendering.plot.letters": "letters in a text",
    "rendering.plot.rows": "rows of data",
    "rendering.plot.parts": "parts in its specification",
    "rendering.plot.cells": "cells of a grid",
    "rendering.link.nowhere": "This link leads to an address that is not followed: {address}",
    "rendering.link.code": "Go to {path}, line {line}",
    "rendering.reference.more": "and {n} others",
    "rendering.reference.again": "Tap the link again to open it.",
  },
});
