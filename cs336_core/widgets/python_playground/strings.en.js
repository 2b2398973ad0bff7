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
    "py.example.gpt": "A whole GPT",
    "py.example.recursion": "Recursion",
    "py.example.generators": "Generators",
    "py.example.exceptions": "Exceptions",
    "py.shared":
      "This program came with the link. Read it first: it runs only when you press Run or Step through.",
    "py.unreadable": "The link holds no program that can be read. Here is an example instead.",
    "py.tooLong":
      "This program is too long for a link, which opens the example instead. Save it as a file.",
    "py.notebook":
      "On the site, this program runs in the page. In a notebook, copy it into a cell of its own.",
    "py.input": "Lines for input()",
  },
});
