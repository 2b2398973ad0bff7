// Which addresses of a trace, a file that may come from anyone, may become links, images, videos.

/** Characters of a name that are shown. */
const NAME_LENGTH = 60;

/** A site that does not exist: relative addresses are resolved against it. */
const NOWHERE = "https://relative.invalid/";

/** The schemes of links that leave the page. */
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** What an address within the trace may hold, by what shows it. */
const DATA = {
  image: /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i,
  video: /^data:video\/(?:mp4|webm|ogg)[;,]/i,
};

/**
 * Where a link leads: a page of another site (or mail), or one of this site; null where a link may
 * not lead. What is returned is what was checked: of a text that is changed after the check, a
 * browser may read another scheme.
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
  // "//host/path" has no scheme and leaves the site all the same.
  if (relative.origin !== new URL(NOWHERE).origin) return { href: relative.href, external: true };
  return { href: address, external: false };
}

/**
 * Where an image or a video is: `src` for one that may be shown, `foreign` for one of another
 * site; null for what is neither.
 * @param {"image" | "video"} kind
 * @param {string} text an address or the path of a file
 * @param {string | null} base what paths are seen from; null where no file can be reached
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
 * A path of a file as an address, in which `#`, `?` and `%` mean nothing.
 * @param {string} path
 */
export function pathAddress(path) {
  if (parsed(path)) return path;
  return path.replace(/[%#?]/g, (c) => encodeURIComponent(c));
}

/**
 * A path or an address, short enough to be read.
 * @param {string} text
 */
export function shortName(text) {
  const name = [...text.replace(/^(data:[^;,]{0,40}).*/s, "$1")];
  if (name.length <= NAME_LENGTH) return name.join("");
  const half = NAME_LENGTH / 2;
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
