import { z } from "zod";
import type { Accelerator } from "../../domain/accelerator.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Precision } from "../../domain/precision.ts";
import type { IpuTarget, Target } from "../../domain/target.ts";
import { type CandidateQuery, type Support, TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { poplarLoader } from "./loader.ts";
import { NEWEST_OPSET, poplarFindings } from "./rules.ts";

/** Generations of the IPU that Poplar compiles for, by its own names: the GC200 and the Bow. */
const ARCHITECTURES = ["ipu2", "ipu21"];

/** Who runs it where there is no IPU. It computes the same numbers, not in the same time. */
const IPU_MODEL = "Poplar's IPUModel";

const options = z.strictObject({
  compiler: z
    .enum(["popart", "poprt"])
    .default("popart")
    .describe("`poprt`: PopRT's converter and compiler, which do float16 too, and whose programs run on an IPU only."),
});

/** Graphcore's PopART, or its PopRT: a PopEF file for one IPU, compiled without one, and run on Poplar's own model of one. Unverified against the SDK. */
export const poplar: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "poplar",
  title: "Poplar (PopART)",
  directory: containerDirectory("poplar"),
  makerImage: {
    holds: "Graphcore's Poplar SDK with PopART, for Python 3.8",
    source: "Graphcore hands it out under its own licence, as graphcore/pytorch and graphcore/poplar on Docker Hub",
  },
  mainPackage: "popart",
  newestOpset: NEWEST_OPSET,
  options,
  canCompile(query) {
    const refused = refuseTarget(query) ?? refuseModel(query);
    return refused ?? { yes: true };
  },
  // On an IPU the worker uses the one it was leased; elsewhere it asks Poplar for its model of one.
  canRun: ({ target, options: chosen }, { accelerators }) =>
    usesPoprt(chosen) || accelerators.some((each) => isSuch(each, target)) ? { yes: true } : { yes: true, how: "emulated", by: IPU_MODEL },
  compileReadsHost: () => false,
  compileOptions: workerOptions,
  runOptions: workerOptions,
  loader: poplarLoader,
};

function workerOptions({ options: chosen, precision }: CandidateQuery) {
  return { ...chosen, precision };
}

function usesPoprt(chosen: JsonObject): boolean {
  return chosen.compiler === "poprt";
}

function refuseTarget({ target, precision, options: chosen }: CandidateQuery): Support | null {
  if (!isGraphcores(target)) return { yes: false, why: "it makes programs for Graphcore's IPUs only" };
  if (!ARCHITECTURES.includes(target.architecture)) {
    return { yes: false, why: `it compiles for ${ARCHITECTURES.join(" and ")}, not for ${target.architecture}` };
  }
  if (target.chips !== 1) return { yes: false, why: `it places a model on one IPU and does not spread one over ${target.chips}` };
  if (target.host !== "x86-64") return { yes: false, why: "the Poplar SDK is there for x86-64 hosts only" };
  return refusePrecision(precision, usesPoprt(chosen));
}

function refusePrecision(precision: Precision, isPoprt: boolean): Support | null {
  if (precision === "float32" || (isPoprt && precision === "float16")) return null;
  if (isPoprt) return { yes: false, why: "PopRT is asked for float32 and float16 only" };
  const why = "PopART compiles the model's own float32 and converts to no other precision";
  return { yes: false, why: precision === "float16" ? `${why}; \`poplar: { compiler: poprt }\` does float16` : why };
}

function refuseModel({ model }: CandidateQuery): Support | null {
  const refusal = model === undefined ? undefined : poplarFindings(model).find(({ refuses }) => refuses);
  return refusal === undefined ? null : { yes: false, why: `${refusal.message}; ${refusal.mend ?? "use another toolchain"}` };
}

function isSuch({ device, architecture }: Accelerator, target: Target): boolean {
  return device === "ipu" && architecture === target.architecture;
}

function isGraphcores(target: Target): target is IpuTarget {
  return target.device === "ipu" && target.vendor === "graphcore";
}
