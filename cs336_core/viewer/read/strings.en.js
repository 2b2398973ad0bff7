// Why a file cannot be opened, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "reading.empty": "The file is empty.",
    "reading.large": "The file has {n} characters; the viewer opens up to {max}.",
    "reading.page":
      "This is a web page, not a trace. Save the file itself, not the page that shows it.",
    "reading.begins": "The file is not JSON: it begins with “{text}”.",
    "reading.at": "The file is not JSON: line {line}, column {column} has “{text}”.",
    "reading.truncated":
      "The file is truncated: it ends after {n} characters. Is the download complete?",
    "reading.deep": "The file is not a trace: it is nested too deeply.",
    "reading.other": "This is JSON, but not a trace: it is {value}, not an object.",
    "reading.lacks": "This is JSON, but not a trace: it has no “{name}”.",
    "reading.newer":
      "This trace has the format “{format}”, which is newer than this viewer: it reads “{known}”.",
    "reading.format":
      "This trace has the format “{format}”; the viewer reads “{known}” and edtrace’s format.",
    "reading.missing": "{location} has no '{name}'",
    "reading.expected.object": "{location} is {value}; expected an object",
    "reading.expected.list": "{location} is {value}; expected a list",
    "reading.expected.items": "{location} is {value}; expected a list of {n} items",
    "reading.expected.string": "{location} is {value}; expected a string",
    "reading.expected.integer": "{location} is {value}; expected an integer",
    "reading.expected.index": "{location} is {value}; expected an index into a list of {n}",
    "reading.expected.choice": "{location} is {value}; expected one of {choices}",
    "reading.expected.lines": "{location} is {value}; expected line numbers as keys",
    "reading.expected.parts": "{location} is {value}; expected a list of 1 to 6 items",
    "reading.expected.frames": "{location} is {value}; expected at least one frame",
    "reading.expected.css": "{location} is {value}; expected a string or a number",
    "reading.expected.call": "{location} is {value}; expected the number of a call, or -1",
    "reading.expected.calls": "{location} is {value}; expected numbers of calls as keys",
    "reading.expected.value": "{location} is {value}; expected a value",
    "reading.value.list": "a list",
    "reading.value.object": "an object",
  },
});
