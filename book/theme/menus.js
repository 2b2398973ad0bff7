// Menus close like menus, and Ctrl+K opens the search.

const menus = /** @type {NodeListOf<HTMLDetailsElement>} */ (
  document.querySelectorAll(".site-menu, .contents-bar details")
);
for (const menu of menus) {
  const close = () => {
    menu.open = false;
  };
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary")?.focus();
  });
  menu.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("a")) close();
  });
  for (const departure of ["pointerdown", "focusin"])
    document.addEventListener(departure, ({ target }) => {
      if (target instanceof Node && !menu.contains(target)) close();
    });
}

const field = /** @type {HTMLInputElement | null} */ (
  document.querySelector(".search-field input")
);
const link = /** @type {HTMLElement | null} */ (document.querySelector(".search-link"));
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (field?.checkVisibility?.() ?? field?.offsetParent) field?.select();
  else link?.click(); // a narrow page has a link in place of the field
});
