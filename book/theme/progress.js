// Remembers on this device how much of each lecture has been read, and shows it on the front page.

const KEY = "cs336-read"; // in the browser's storage: lecture -> the largest fraction in view so far
const FINISHED = 0.95; // the references at the end need not be read
const LECTURE = /lectures\/([^/]+)\.html$/;

/** @returns {Record<string, number>} */
function stored() {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {}; // no storage, or not ours
  }
}

/** How much of the page has been in view, from 0 to 1. @param {Element} article */
function fractionRead(article) {
  const { top, height } = article.getBoundingClientRect();
  return Math.min(1, Math.max(0, (innerHeight - top) / height));
}

/** @param {string} lecture @param {Element} article */
function remember(lecture, article) {
  let largest = stored()[lecture] ?? 0;
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      setTimeout(() => {
        waiting = false;
        const fraction = fractionRead(article);
        if (fraction <= largest) return;
        largest = fraction;
        try {
          localStorage.setItem(KEY, JSON.stringify({ ...stored(), [lecture]: fraction }));
        } catch {} // a full or forbidden storage remembers nothing
      }, 1000);
    },
    { passive: true },
  );
}

/** Shows on each card how much has been read. */
function show() {
  const read = stored();
  for (const card of document.querySelectorAll(".lecture-card")) {
    const href = card.querySelector("a")?.getAttribute("href") ?? "";
    const fraction = Number(read[LECTURE.exec(href)?.[1] ?? ""]);
    if (!(fraction > 0)) continue;
    const finished = fraction >= FINISHED;
    const note = document.createElement("p");
    note.className = "lecture-read";
    note.textContent = finished ? "Finished" : `${Math.round(100 * fraction)}\u00a0% read`;
    const bar = document.createElement("span");
    bar.style.setProperty("--read", String(finished ? 1 : fraction));
    note.prepend(bar);
    card.append(note);
  }
}

const lecture = LECTURE.exec(location.pathname)?.[1];
const article = document.querySelector("article");
if (lecture && article) remember(lecture, article);
else show();
