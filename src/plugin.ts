/**
 * `fettle/plugin`: what a plug-in is written with. It is lent by the Fettle that runs the plug-in, so that a plug-in needs no
 * dependencies of its own; for types, have `fettle` among the plug-in's devDependencies.
 */
export { Args, Flags } from "@oclif/core";
export { z } from "zod";
export { EXIT_CODES, FettleCommand, jsonFlag } from "./cli/fettle-command.ts";
export { emulatedSupport } from "./domain/emulation.ts";
export type { ArtifactFacts, ExecutionFacts } from "./domain/facts.ts";
export type { Host } from "./domain/host.ts";
export type { JsonObject } from "./domain/json.ts";
export type { Precision } from "./domain/precision.ts";
export type { CpuTarget, Target } from "./domain/target.ts";
export type { ModelSignature } from "./domain/tensor.ts";
export {
  type CandidateQuery,
  type ExecutionQuery,
  type RunSupport,
  type Support,
  TOOLCHAIN_API,
  type Toolchain,
} from "./domain/toolchain.ts";
export { EXIT } from "./engine/exit-code.ts";
export { type LoaderParts, loaderText } from "./toolchains/loader-text.ts";
