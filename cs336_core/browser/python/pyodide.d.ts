// The interpreter's own script, which the package offers without types.
declare module "pyodide/pyodide.asm.mjs" {
  type Config = NonNullable<Parameters<typeof import("pyodide").loadPyodide>[0]>;
  const createPyodideModule: Exclude<Config["createPyodideModule"], undefined>;
  export default createPyodideModule;
}
