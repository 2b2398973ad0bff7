import { addStrings } from "../strings.js";

addStrings({
  en: {
    "cell.edit": "Edit",
    "cell.edit.spoken": " and run the code from line {line}", // after "Edit"
    "cell.editor": "Code from line {line}",
    "cell.live": "Edit and run the code from line {line}",
    "cell.reset": "Reset",
    "cell.reset.title": "Bring back the code and the output of the page",
    "cell.close": "Close",
    "cell.before": "Lines of the cells above that run first",
    "cell.failed": "The editor could not be loaded: {error}",
  },
});
