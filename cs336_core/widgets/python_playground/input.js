// Whether the page should offer a box for the lines that a program reads.

/** Whether a program may read standard input. @param {string} code */
export const readsInput = (code) => /\binput\s*\(|\bstdin\b/.test(code);
