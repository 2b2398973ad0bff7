// Typesets TeX for the book: one JSON request a line, {tex, display}; one answer a line, {html} or {error}.
const katex = require("katex");

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { tex, display } = JSON.parse(line);
    const options = {
      displayMode: display,
      strict: "error",
      throwOnError: true,
      output: "htmlAndMathml",
    };
    let answer;
    try {
      answer = { html: katex.renderToString(tex, options) };
    } catch (error) {
      answer = { error: String(error.message) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
