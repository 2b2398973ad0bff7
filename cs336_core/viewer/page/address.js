// What the page's address asks for.

/** Where a trace lies that is asked for by its name: on our site, and in a repository of the course's. */
const FOLDERS = ["traces", "var/traces"];

/**
 * The addresses at which a trace may be found: a name alone stands for a file of that name.
 * @param {string} asked
 */
export function addressesOf(asked) {
  return /^[\w-]+$/.test(asked) ? FOLDERS.map((folder) => `${folder}/${asked}.json`) : [asked];
}
