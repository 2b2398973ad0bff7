// Which files the page's address may refer to.

/** Where a trace with a bare name may be: on our site, or in a repository of the course. */
const FOLDERS = ["traces", "var/traces"];

/**
 * The candidate addresses of a requested trace: an address, or a bare name.
 * @param {string} requested
 */
export function addressesOf(requested) {
  return /^[\w-]+$/.test(requested)
    ? FOLDERS.map((folder) => `${folder}/${requested}.json`)
    : [requested];
}
