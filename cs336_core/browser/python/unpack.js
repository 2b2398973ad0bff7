// Unpacking of what `book/builder/bundle_python.mjs` and `pyodide.py` have packed.

/** The bytes of a file that was gzipped and written in base64. @param {string} packed */
export function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}
