import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "turn.title": "Your turn: {name}",
    "turn.editor": "Your {name}",
    "turn.check": "Check",
    "turn.check.title": "Run the tests on your function (Ctrl+Enter or ⌘+Enter)",
    "turn.stop": "Stop",
    "turn.trace": "Trace it",
    "turn.trace.title": "Step through the failing call",
    "turn.hint": "Hint {n} of {all}",
    "turn.hint.none": "No more hints",
    "turn.hints": "Hints",
    "turn.reset": "Reset",
    "turn.reset.title": "Restore the code that you started from",
    "turn.solution": "Show one solution",
    "turn.solution.hide": "Hide the solution",
    "turn.solution.label": "One solution",
    "turn.loading": "Loading Python (6 MB, once) …",
    "turn.running": "Running the tests …",
    "turn.tracing": "Running the failing call step by step …",
    "turn.traced": "The failing call is in the viewer below.",
    "turn.passed.before": "You have solved this one.",
    "turn.before": "The tests run in this page. Your code stays in this browser.",
    "turn.printed": "It printed:",
    "turn.unreadable":
      "The tests reported nothing that can be read. Did your code write to sys.__stdout__?",
    "turn.untraced": "The call could not be recorded: {reason}",
    "turn.notebook": "Write the function in a cell of your own, then check it in the next one:",
  },
});
