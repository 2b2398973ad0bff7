// Lazy loading of classic scripts and style sheets, since a page opened from disk cannot load modules.

/**
 * Runs a script of the site; rejects if it cannot be loaded.
 * @param {string} src
 */
export async function loadScript(src) {
  const script = Object.assign(document.createElement("script"), { src });
  await added(script, src).finally(() => script.remove()); // it has run or failed
}

/**
 * Adds a style sheet of the site to the page; rejects if it cannot be loaded.
 * @param {string} href
 */
export function loadStyle(href) {
  return added(Object.assign(document.createElement("link"), { rel: "stylesheet", href }), href);
}

/**
 * Adds an element to the page's head and waits for what it loads.
 * @param {HTMLElement} element
 * @param {string} address
 * @returns {Promise<void>}
 */
function added(element, address) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => reject(new Error(`${address} could not be loaded`)));
    document.head.append(element);
  });
}
