/** `fettle/testing`: what every toolchain, built in or a plug-in's, is held to. */
export type { Outcome } from "./check.ts";
export { CHECKS, type CheckOptions, checkToolchain, type Finding } from "./check-toolchain.ts";
export { conformanceTests, type DefineTest } from "./conformance-tests.ts";
export { findTarget, type Subject } from "./subject.ts";
