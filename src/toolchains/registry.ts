import { z } from "zod";
import { TOOLCHAIN_API, type Toolchain } from "../domain/toolchain.ts";
import { guardToolchain } from "./guard-toolchain.ts";

/** Where a toolchain came from, for messages. */
export interface ToolchainOffer {
  readonly plugin: string;
  readonly toolchains: unknown;
}

export interface RegistryFault {
  readonly plugin: string;
  readonly message: string;
}

/** A plug-in's folder of target files. */
export interface TargetFolder {
  readonly plugin: string;
  /** Absolute. */
  readonly folder: string;
}

export interface ToolchainRegistry {
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  /** Toolchain name -> the plug-in that brought it. */
  readonly origins: ReadonlyMap<string, string>;
  readonly targetFolders: readonly TargetFolder[];
  /** Plug-ins that failed to load or broke the contract; they matter only to a recipe that needs them. */
  readonly faults: readonly RegistryFault[];
}

const FUNCTIONS = ["canCompile", "canRun", "compileReadsHost", "compileOptions", "runOptions", "loader"] as const;

const aFunction = z.custom((value) => typeof value === "function", "expected a function");

const shape = z.object({
  apiVersion: z.literal(TOOLCHAIN_API),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  directory: z.string().startsWith("/"),
  library: z.string().startsWith("/").optional(),
  dynamicShapes: z.boolean().optional(),
  mainPackage: z.string().min(1),
  // Not `instanceof`: a plug-in may bring its own copy of zod.
  options: z.custom((value) => typeof value === "object" && value !== null && "safeParse" in value, "expected a zod schema"),
  ...Object.fromEntries(FUNCTIONS.map((name) => [name, aFunction])),
  compileNeedsDevice: aFunction.optional(),
});

/** Checks what plug-ins offer. A bad plug-in is a fault, never an exception, and never takes others along. */
export function registerToolchains(
  offers: readonly ToolchainOffer[],
  failures: readonly RegistryFault[] = [],
  targetFolders: readonly TargetFolder[] = [],
): ToolchainRegistry {
  const toolchains = new Map<string, Toolchain>();
  const origins = new Map<string, string>();
  const faults: RegistryFault[] = [...failures];
  for (const { plugin, toolchains: offered } of offers) {
    if (!Array.isArray(offered)) {
      faults.push({ plugin, message: "its `toolchains` hook did not return a list of toolchains" });
      continue;
    }
    for (const each of offered) {
      const fault =
        faultOf(each) ??
        (toolchains.has(each.name)
          ? `its toolchain ${each.name} has the name of one that ${origins.get(each.name) ?? "another plug-in"} brings`
          : null);
      if (fault) {
        faults.push({ plugin, message: fault });
        continue;
      }
      toolchains.set(each.name, guardToolchain(each, plugin));
      origins.set(each.name, plugin);
    }
  }
  return { toolchains, origins, targetFolders, faults };
}

function faultOf(offered: unknown): string | null {
  const checked = shape.safeParse(offered);
  if (checked.success) return null;
  const issue = checked.error.issues[0];
  const version = typeof offered === "object" && offered && "apiVersion" in offered ? offered.apiVersion : undefined;
  if (version !== TOOLCHAIN_API) return `it speaks toolchain API ${String(version)}; this Fettle speaks ${TOOLCHAIN_API}`;
  return `${issue?.path.join(".") ?? "toolchain"}: ${issue?.message ?? "does not follow the contract"}`;
}
