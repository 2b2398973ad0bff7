// Letters of formulae, what follows an underscore below the line.

/** @param {{ text: string }} props */
export function Letters({ text }) {
  return (
    <>{text.split(/_([a-z]+)/).map((part, i) => (i % 2 ? <sub key={i}>{part}</sub> : part))}</>
  );
}
