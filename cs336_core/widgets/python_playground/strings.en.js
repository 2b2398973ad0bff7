import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "py.title": "Python playground",
    "py.program": "Program",
    "py.examples": "Example",
    "py.example.own": "Your program",
    "py.example.bpe_merges": "BPE merges",
    "py.example.encode": "Encode a text",
    "py.example.count_flops": "Count FLOPs",
    "py.example.attention": "Attention",
    "py.example.recursion": "Recursion",
    "py.example.generators": "Generators",
    "py.example.exceptions": "Exceptions",
    "py.run": "Run",
    "py.run.title": "Run the program (Ctrl+Enter or ⌘+Enter)",
    "py.trace": "Step through",
    "py.trace.title": "Run the program and record every step (Ctrl+Shift+Enter or ⌘+Shift+Enter)",
    "py.stop": "Stop",
    "py.shared":
      "This program came with the link. Read it first: it runs only when you press Run or Step through.",
    "py.unreadable": "The link holds no program that can be read. Here is an example instead.",
    "py.tooLong":
      "This program is too long for a link, which opens the example instead. Save it as a file.",
    "py.notebook":
      "On the site, this program runs in the page. In a notebook, copy it into a cell of its own.",
    "py.input": "Lines for input()",
    "py.output": "Output",
    "py.written": "What the program has written",
    "py.empty.before":
      "The output appears here. The first run loads Python (6 MB); nothing you write leaves this page.",
    "py.empty.loading": "Python starts. After the first time, this takes no more than a moment.",
    "py.empty.running": "Nothing written yet.",
    "py.empty": "The program has written nothing.",
    "py.result": "Last value",
    "py.line": "Go to line {line}",
    "py.traceback": "Traceback",
    "py.loading": "Loading Python …",
    "py.running": "Running …",
    "py.recording": "Running step by step …",
    "py.seconds": "{n} s",
    "py.finished": "Finished in {duration}.",
    "py.raised": "{type}.",
    "py.raised.line": "{type} in line {line}.",
    "py.recorded": "Every step is in the viewer below.",
    "py.viewer.failed": "The trace viewer could not be loaded: {error}",
  },
});
