// What is said of a file that cannot be opened, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "reading.empty": "The file is empty.",
    "reading.large": "The file has {n} characters; up to {most} can be opened.",
    "reading.page":
      "This is a web page, not a trace. Save the file itself, not the page that shows it.",
    "reading.begins": "The file is not JSON: it begins with “{text}”.",
    "reading.at": "The file is not JSON: at line {line}, column {column} stands “{text}”.",
    "reading.cut": "The file ends in the middle: it has {n} characters. Is the download complete?",
    "reading.deep": "The file is not a trace: it is nested too deeply.",
    "reading.other": "This is JSON, but not a trace: it is {what}, not an object.",
    "reading.lacks": "This is JSON, but not a trace: it has no “{name}”.",
    "reading.newer":
      "This trace has the format “{format}”, which is newer than this viewer: it reads “{known}”.",
    "reading.format":
      "This trace has the format “{format}”; “{known}” can be read, and what edtrace writes.",
  },
});
