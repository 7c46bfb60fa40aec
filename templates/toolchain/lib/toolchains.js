import { toolchain } from "./toolchain.js";

/** The oclif hook `toolchains`. */
export async function toolchains() {
  return [toolchain];
}
