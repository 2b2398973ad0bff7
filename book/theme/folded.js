// Opens what is folded around the target of a link: a reference, an answer, code.

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  let opened = false;
  for (let box = target?.closest("details"); box; box = box.parentElement?.closest("details")) {
    opened ||= !box.open;
    box.open = true;
  }
  if (opened) target?.scrollIntoView();
}

open();
addEventListener("hashchange", open);
