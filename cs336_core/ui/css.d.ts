// Styles are bundled beside the view that imports them.
declare module "*.css";
// A part of a page is bundled as its text.
declare module "*.html" {
  const text: string;
  export default text;
}
