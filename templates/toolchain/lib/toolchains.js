import { toolchain } from "./toolchain.js";

/** The oclif hook `toolchains`. */
export default async function toolchains() {
  return [toolchain];
}
