// The keyboard reaches what is larger than its box, since it can scroll it.

const REST = 300; // milliseconds without a change after which boxes are measured

/** Boxes that this script makes focusable; figures do so themselves. @type {WeakSet<Element>} */
const focusable = new WeakSet();

function measure() {
  for (const box of document.querySelectorAll("article :is(pre, .table-box, div.math)")) {
    const isLong = box.localName === "pre" && box.scrollHeight > box.clientHeight;
    const scrolls = isLong || box.scrollWidth > box.clientWidth;
    if (scrolls && !box.hasAttribute("tabindex")) {
      box.setAttribute("tabindex", "0");
      focusable.add(box);
    } else if (!scrolls && focusable.delete(box)) box.removeAttribute("tabindex");
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
const measureSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(measure, REST);
};
addEventListener("DOMContentLoaded", measureSoon);
addEventListener("resize", measureSoon);
const text = document.querySelector("article");
if (text) new MutationObserver(measureSoon).observe(text, { childList: true, subtree: true });
