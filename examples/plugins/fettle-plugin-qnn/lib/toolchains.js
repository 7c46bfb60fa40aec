import { qnn } from "./qnn.js";

/** The oclif hook `toolchains`. */
export default async function toolchains() {
  return [qnn];
}
