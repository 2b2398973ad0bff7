// The text of a script of its own, bundled: what a worker is made from.
declare module "*?source" {
  const source: string;
  export default source;
}
