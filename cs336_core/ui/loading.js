// Lazy loading of classic scripts and style sheets, since a page opened from disk cannot load modules.

/**
 * Calls a function once, when an element first comes into the window or, with a margin, near it.
 * @param {Element} element
 * @param {() => void} act
 * @param {string} [margin] CSS length
 * @returns {() => void} stops waiting
 */
export function whenNear(element, act, margin = "0px") {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      act();
    },
    // The second is for an element in a box that scrolls, as in a notebook; older browsers ignore it.
    { rootMargin: margin, scrollMargin: margin },
  );
  observer.observe(element);
  return () => observer.disconnect();
}

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
