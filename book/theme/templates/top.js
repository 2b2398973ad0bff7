// Lets the links of a page that was served for another address start at the top of the site.
{
  const [above = "", below] = location.pathname.split(/\/(?:book|lectures|trace|traces|_static)\//);
  const href = below === undefined ? above.replace(/[^/]*$/, "") : `${above}/`;
  document.head.append(Object.assign(document.createElement("base"), { href }));
}
