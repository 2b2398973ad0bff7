// Styles are bundled beside the view that imports them.
declare module "*.css";
