// Icons, drawn on a 16 x 16 grid in the color of the text.

/** @type {Record<string, string>} */
const PATHS = {
  first: "M3 3h2v10H3zM14 3v10L6 8z",
  back: "M10 2.5 11.5 4l-4 4 4 4-1.5 1.5L4.5 8z",
  forward: "M6 2.5 4.5 4l4 4-4 4L6 13.5 11.5 8z",
  last: "M11 3h2v10h-2zM2 3v10l8-5z",
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  steps: "M2 3h2v10H2zM6 3v10l8-5z",
  stop: "M3.5 3.5h9v9h-9z",
};

/** @param {{ name: string }} props */
export function Icon({ name }) {
  return (
    <svg class="cs336-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} fill="currentColor" />
    </svg>
  );
}
