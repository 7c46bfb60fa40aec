import { ENGINE_NAMES, type EngineName, type SandboxIsolation } from "../../domain/command.ts";
import type { MakerImage } from "../../domain/environment.ts";

export const EXECUTORS = ["auto", "sandbox", ...ENGINE_NAMES] as const;
export type ExecutorName = (typeof EXECUTORS)[number];

/** What the user said about how workers are to be run. */
export interface ExecutionChoice {
  readonly executor: ExecutorName;
  /** How the sandbox shuts workers in. */
  readonly isolation: SandboxIsolation | "auto";
  /** Refuse an engine that does not enforce limits itself. */
  readonly strict: boolean;
  /** Reference of the base image; null: each Containerfile's own. */
  readonly base: string | null;
  /** Makers' images by toolchain, by digest. */
  readonly images: ReadonlyMap<string, MakerImage>;
  /** The engine `auto` tries first; null: in their usual order. */
  readonly prefer: EngineName | null;
}

/** With what a recipe names, which wins, toolchain by toolchain, over what holds for the whole project. */
export function withImages(choice: ExecutionChoice, images: ReadonlyMap<string, MakerImage> = new Map()): ExecutionChoice {
  return { ...choice, images: new Map([...choice.images, ...images]) };
}

/** The engines in the order in which they are tried. */
export function enginesInOrder(prefer: EngineName | null): EngineName[] {
  return ENGINE_NAMES.toSorted((a, b) => Number(b === prefer) - Number(a === prefer));
}

export function isEngine(executor: ExecutorName): executor is EngineName {
  return ENGINE_NAMES.some((name) => name === executor);
}
