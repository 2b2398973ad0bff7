/**
 * The colors of the page that an element is on, by their names in `--cs336-NAME`.
 * @param {Element} element
 * @returns {(name: string) => string}
 */
export function colorsOf(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--cs336-${name}`);
}
