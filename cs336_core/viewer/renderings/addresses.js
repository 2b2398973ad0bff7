// Which addresses in a trace may become links, images and videos. The trace may come from anyone.

/** Characters of a name that are shown. */
const MAX_NAME_LENGTH = 60;

/** A site that does not exist, for resolving relative addresses. */
const NOWHERE = "https://relative.invalid/";

/** The schemes of links that leave the page. */
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The data addresses that images and videos may have. */
const DATA = {
  image: /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i,
  video: /^data:video\/(?:mp4|webm|ogg)[;,]/i,
};

/**
 * The address of a link to another site (or mail), or to a page of this site; null if it is not
 * allowed. Returns exactly what was checked: if the text were changed after the check, a browser
 * could see another scheme.
 * @param {string} text
 * @returns {{ href: string, external: boolean } | null}
 */
export function linkAddress(text) {
  const address = text.trim();
  if (!address) return null;
  const absolute = parsed(address);
  if (absolute)
    return SCHEMES.has(absolute.protocol) ? { href: absolute.href, external: true } : null;
  const relative = parsed(address, NOWHERE);
  if (!relative) return null;
  // "//host/path" has no scheme but still leaves the site.
  if (relative.origin !== new URL(NOWHERE).origin) return { href: relative.href, external: true };
  return { href: address, external: false };
}

/**
 * The address of an image or a video: `src` if it may be shown, `foreign` if it is on another site;
 * null for anything else.
 * @param {"image" | "video"} kind
 * @param {string} text an address or the path of a file
 * @param {string | null} base the address that paths are relative to; null if no file can be reached
 * @returns {{ src: string } | { foreign: string } | null}
 */
export function mediaAddress(kind, text, base) {
  const home = base === null ? null : parsed(base);
  const url = parsed(text.trim(), home?.href ?? NOWHERE);
  if (!url) return null;
  if (url.protocol === "data:") return DATA[kind].test(url.href) ? { src: url.href } : null;
  if (home && url.protocol === home.protocol && url.host === home.host) return { src: url.href };
  if (url.host === new URL(NOWHERE).host) return null;
  return /^https?:$/.test(url.protocol) ? { foreign: url.href } : null;
}

/**
 * The path of a file as an address, with `#`, `?` and `%` escaped.
 * @param {string} path
 */
export function pathAddress(path) {
  if (parsed(path)) return path;
  return path.replace(/[%#?]/g, (c) => encodeURIComponent(c));
}

/**
 * A path or an address, shortened for display.
 * @param {string} text
 */
export function shortName(text) {
  const name = [...text.replace(/^(data:[^;,]{0,40}).*/s, "$1")];
  if (name.length <= MAX_NAME_LENGTH) return name.join("");
  const half = MAX_NAME_LENGTH / 2;
  return `${name.slice(0, half).join("")}…${name.slice(1 - half).join("")}`;
}

/**
 * @param {string} text
 * @param {string} [base]
 */
function parsed(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
