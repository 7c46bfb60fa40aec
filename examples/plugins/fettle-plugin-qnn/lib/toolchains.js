import { qnn } from "./qnn.js";

/** The oclif hook `toolchains`. */
export async function toolchains() {
  return [qnn];
}
