// Marks the section in view in the contents of the page.

const links = new Map();
for (const link of document.querySelectorAll(":is(.contents, .contents-bar) li a")) {
  const section = document.getElementById((link.getAttribute("href") ?? "").slice(1));
  if (section) links.set(section, [...(links.get(section) ?? []), link]);
}
const now = document.querySelector(".contents-now");

/** @type {Set<Element>} */
const inView = new Set();
/** @type {Element | undefined} */
let marked;

/** @param {Element | undefined} section */
function mark(section) {
  if (section === marked) return;
  for (const link of links.get(marked) ?? []) link.removeAttribute("aria-current");
  for (const link of links.get(section) ?? []) link.setAttribute("aria-current", "location");
  if (now) now.textContent = links.get(section)?.[0].textContent ?? "";
  marked = section;
  const list = document.querySelector(".contents");
  const link = list?.querySelector("[aria-current]");
  if (!list || !(link instanceof HTMLElement)) return;
  const above = link.offsetTop - list.scrollTop;
  if (above < 0 || above + link.offsetHeight > list.clientHeight)
    list.scrollTop = link.offsetTop - list.clientHeight / 2;
}

// A line near the top of the screen: the section that it crosses is being read.
const crossings = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) inView.add(target);
      else inView.delete(target);
    mark([...links.keys()].findLast((section) => inView.has(section)));
  },
  { rootMargin: "-20% 0px -79% 0px" },
);
for (const section of links.keys()) crossings.observe(section);
