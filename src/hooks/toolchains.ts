import { builtinToolchains } from "../toolchains/builtin.ts";

/** The oclif hook `toolchains`: a plug-in's own returns its toolchain objects in the same way. */
export default async function toolchains() {
  return builtinToolchains;
}
