// The letters of a formula, with subscripts after an underscore.

/** @param {{ text: string }} props */
export function Letters({ text }) {
  return (
    <>{text.split(/_([a-z]+)/).map((part, i) => (i % 2 ? <sub key={i}>{part}</sub> : part))}</>
  );
}
