/** A sentence of Markdown that has no marks but those of code. @param {{ text: string }} props */
export function Sentence({ text }) {
  return text.split("`").map((part, i) =>
    i % 2 ? (
      <code key={i} class="cs336-inline-code">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
