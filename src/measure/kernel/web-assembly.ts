/**
 * The part of the WebAssembly interface the kernels use: TypeScript declares it with the browser's types only, which are
 * not ours.
 */
interface WebAssemblyInterface {
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: { env: { memory: WasmMemory } }) => { readonly exports: unknown };
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

declare const wasmModuleBrand: unique symbol;
export interface WasmModule {
  readonly [wasmModuleBrand]: true;
}

export const webAssembly: WebAssemblyInterface = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;
