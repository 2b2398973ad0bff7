// The bundled text of a script, from which a worker is created.
declare module "*?source" {
  const source: string;
  export default source;
}
