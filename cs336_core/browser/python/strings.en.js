import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "python.stopped": "Stopped.",
    "python.timeout": "Stopped after {n} seconds, the limit for a run.",
    "python.output": "Stopped: the program has written {n} characters, the limit for a run.",
    "python.memory": "The program needs more than {n} MiB of memory, the limit in the browser.",
    "python.failed": "Python could not go on: {reason}",
    "python.noFrame": "its frame did not answer. Reload the page to try again.",
    "python.missing":
      "Python in the browser has no {name}. Download the notebook, or run “make lab” in a copy of the project.",
  },
});
