const NAME = /(\b\w*[A-Z]\w*-\w*\d\w*)/; // such as GPT-4o, which breaks after its hyphen

/** Text with each such name on one line. @param {string} text */
const withWholeNames = (text) =>
  text.split(NAME).map((part, i) =>
    i % 2 ? (
      <span key={i} class="cs336-whole">
        {part}
      </span>
    ) : (
      part
    ),
  );

/** A sentence of Markdown that has no marks but those of code. @param {{ text: string }} props */
export function Sentence({ text }) {
  return text.split("`").map((part, i) =>
    i % 2 ? (
      <code key={i} class="cs336-inline-code">
        {part}
      </code>
    ) : (
      withWholeNames(part)
    ),
  );
}
