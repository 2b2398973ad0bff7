// A link into a page shows the text when the figures are drawn, since they move what is below them.
if (location.hash.length > 1) {
  const { dataset } = document.documentElement;
  dataset.arriving = "";
  addEventListener("DOMContentLoaded", () => delete dataset.arriving);
}
