// The strings that scripts add to pages, in English.

export const strings = {
  copy: "Copy",
  copied: "Copied",
  selected: "Selected",
};
