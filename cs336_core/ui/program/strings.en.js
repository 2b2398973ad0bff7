import { addStrings } from "../strings.js";

addStrings({
  en: {
    "program.run": "Run",
    "program.run.title": "Run the program (Ctrl+Enter or ⌘+Enter)",
    "program.trace": "Step through",
    "program.trace.title":
      "Run the program and record every step (Ctrl+Shift+Enter or ⌘+Shift+Enter)",
    "program.stop": "Stop",
    "program.output": "Output",
    "program.written": "What the program has written",
    "program.empty.before":
      "The output appears here. The first run loads Python (6 MB); nothing you write leaves this page.",
    "program.empty.loading":
      "Python starts. After the first time, this takes no more than a moment.",
    "program.empty.running": "Nothing written yet.",
    "program.empty": "The program has written nothing.",
    "program.result": "Last value",
    "program.line": "Go to line {line}",
    "program.traceback": "Traceback",
    "program.loading": "Loading Python …",
    "program.running": "Running …",
    "program.recording": "Running step by step …",
    "program.seconds": "{n} s",
    "program.finished": "Finished in {duration}.",
    "program.raised": "{type}.",
    "program.raised.line": "{type} in line {line}.",
    "program.recorded": "Every step is in the viewer below.",
    "program.viewer.failed": "The trace viewer could not be loaded: {error}",
  },
});
