// While the page loads, each figure takes the space that it will need: see cells.css. A link into the page
// shows the text when the figures are drawn, since the space is not exact.
{
  const { dataset } = document.documentElement;
  dataset.loading = "";
  if (location.hash.length > 1) dataset.arriving = "";
  addEventListener("DOMContentLoaded", () => {
    delete dataset.loading;
    delete dataset.arriving;
  });
}
