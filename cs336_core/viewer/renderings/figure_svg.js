// The figures that the course draws with matplotlib. Their colors are variables of the page, so they are
// built into the page, and follow its theme, where an image could not. A trace may come from anyone, and
// the page's policy forbids style attributes: each element and attribute is created anew, if it is one
// that such a figure needs.

const SVG = "http://www.w3.org/2000/svg";
/** What only these figures contain. */
const MARK = "var(--cs336-";
/** Characters of a figure, and elements; larger ones remain images. */
const MAX_LENGTH = 3_000_000;
const MAX_ELEMENTS = 20_000;

const ELEMENTS = new Set(
  "svg g defs clipPath use path rect circle ellipse line polyline polygon text tspan".split(" "),
);
const ATTRIBUTES = new Set(
  "viewBox preserveAspectRatio d points transform x y x1 y1 x2 y2 cx cy r rx ry dx dy width height".split(
    " ",
  ),
);
const PROPERTIES = new Set(
  "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit opacity font-size font-style font-weight text-anchor".split(
    " ",
  ),
);
const VALUE = /^[-\w.,#%() ]{1,200}$/;
const REFERENCE = /^(?:url\()?#([\w.-]{1,80})\)?$/;

const STYLE = "data-cs336-style";

let figures = 0;

/**
 * The text of an SVG image in a data address, if it is such a figure.
 * @param {string} address
 * @returns {string | undefined}
 */
function sourceOf(address) {
  const [head = "", data = ""] = address.split(/,(.*)/s);
  if (head !== "data:image/svg+xml;base64" || data.length > MAX_LENGTH) return undefined;
  try {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    return text.includes(MARK) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A figure of the course as an element of the page; undefined for any other image.
 * @param {string} address a data address
 * @param {string} name
 * @returns {SVGElement | undefined}
 */
export function figureSVG(address, name) {
  const source = sourceOf(address);
  if (source === undefined) return undefined;
  const { documentElement: root } = new DOMParser().parseFromString(aside(source), "image/svg+xml");
  if (root.localName !== "svg" || root.querySelectorAll("*").length > MAX_ELEMENTS)
    return undefined;
  const figure = copy(root, `cs336-figure-${++figures}-`);
  figure?.setAttribute("role", "img");
  figure?.setAttribute("aria-label", name);
  return figure;
}

/**
 * The source with its styles moved aside, since the parser would report each to the page's policy.
 * @param {string} source
 */
const aside = (source) =>
  source.replace(/<style\b.*?<\/style>/gs, "").replaceAll(' style="', ` ${STYLE}="`);

/**
 * Copies an element with what it contains; undefined for one that a figure does not need.
 * @param {Element} element
 * @param {string} prefix of ids, which are unique in the page
 * @returns {SVGElement | undefined}
 */
function copy(element, prefix) {
  if (element.namespaceURI !== SVG || !ELEMENTS.has(element.localName)) return undefined;
  const copied = /** @type {SVGElement} */ (document.createElementNS(SVG, element.localName));
  for (const { localName, value } of element.attributes) {
    if (ATTRIBUTES.has(localName)) copied.setAttribute(localName, value);
    else if (localName === "id") copied.id = prefix + value;
    else if (localName === STYLE) copyStyle(value, copied);
    else refer(localName, value, copied, prefix);
  }
  for (const child of element.childNodes) {
    if (child instanceof Element) copied.append(copy(child, prefix) ?? "");
    else if (child instanceof Text && /^(?:text|tspan)$/.test(element.localName))
      copied.append(child.data);
  }
  return copied;
}

/**
 * Copies a reference to another element of the figure.
 * @param {string} attribute
 * @param {string} value
 * @param {Element} copied
 * @param {string} prefix
 */
function refer(attribute, value, copied, prefix) {
  const id = REFERENCE.exec(value)?.[1];
  if (id === undefined) return;
  if (attribute === "href") copied.setAttribute("href", `#${prefix}${id}`);
  if (attribute === "clip-path") copied.setAttribute("clip-path", `url(#${prefix}${id})`);
}

/**
 * @param {string} css
 * @param {SVGElement} copied
 */
function copyStyle(css, copied) {
  for (const declaration of css.split(";")) {
    const [name = "", value = ""] = declaration.split(/:(.*)/s).map((part) => part.trim());
    if (PROPERTIES.has(name) && VALUE.test(value) && !/url/i.test(value))
      copied.style.setProperty(name, value);
  }
}
