import { canMake } from "../../domain/can-make.ts";
import type { Host } from "../../domain/host.ts";
import { emulatorOf, wayToRun, whyNotThisHost } from "../../domain/host-fit.ts";
import type { ModelFacts } from "../../domain/model-facts.ts";
import type { Precision } from "../../domain/precision.ts";
import { meetsProof, type ProofLevel } from "../../domain/proof.ts";
import type { ToolchainUse } from "../../domain/recipe.ts";
import type { RangedAxis } from "../../domain/sizes.ts";
import type { Target, UnservedHardware } from "../../domain/target.ts";
import type { CandidateQuery, Toolchain } from "../../domain/toolchain.ts";
import { type Fault, pathText, type YamlPath } from "../fault.ts";

/** A target of the recipe with what is to be tried for it. */
export interface ServedTarget {
  readonly target: Target;
  readonly uses: readonly ToolchainUse[];
  /** Whether all that is written under it was in order; if not, what is missing here may be what would serve. */
  readonly isWhole: boolean;
  readonly require: ProofLevel;
  /** What to make for it, with holes where the list was at fault; and where that list stands. */
  readonly precisions: readonly (Precision | undefined)[];
  readonly precisionsAt: YamlPath;
}

/**
 * Refuses what can never give an artifact: a target that no listed toolchain can compile for at any precision is an error.
 * Warns of a precision that is never made, and of a proof that this host cannot give.
 */
export function checkReach(served: readonly ServedTarget[], surroundings: Known & { readonly host?: Host }): Fault[] {
  const lists = [...Map.groupBy(served, ({ precisionsAt }) => pathText(precisionsAt)).values()];
  return lists.flatMap((uses) => checkList(uses, surroundings));
}

/** Targets that share a list of precisions. */
function checkList(served: readonly ServedTarget[], surroundings: Known & { readonly host?: Host }): Fault[] {
  const { host } = surroundings;
  const [first] = served;
  const known = first?.precisions.filter((precision) => precision !== undefined) ?? [];
  if (first === undefined || known.length < first.precisions.length || known.length === 0) return [];
  const reaches = served.filter(({ isWhole }) => isWhole).map((use) => reachOf(use, known, surroundings));
  const dead = reaches.filter(({ made }) => made.length === 0);
  return [
    ...dead.map(unservedTarget),
    ...(dead.length === 0 && served.every(({ isWhole }) => isWhole)
      ? known.flatMap((precision, index) => unservedPrecision(precision, [...first.precisionsAt, index], reaches))
      : []),
    ...(host === undefined ? [] : reaches.flatMap((reach) => unreachableProof(reach, host))),
  ];
}

interface Reach extends ServedTarget {
  readonly made: readonly { readonly toolchain: Toolchain; readonly query: CandidateQuery }[];
  readonly refused: readonly { readonly precision: Precision; readonly toolchain: string; readonly why: string }[];
}

interface Known {
  readonly toolchains: readonly Toolchain[];
  readonly model?: ModelFacts;
  /** What the recipe leaves open, by ranges. */
  readonly ranges: readonly RangedAxis[];
}

function reachOf(use: ServedTarget, precisions: readonly Precision[], { toolchains, model, ranges }: Known): Reach {
  const made: { toolchain: Toolchain; query: CandidateQuery }[] = [];
  const refused: { precision: Precision; toolchain: string; why: string }[] = [];
  for (const { name, options } of use.uses) {
    const toolchain = toolchains.find((known) => known.name === name);
    if (toolchain === undefined) continue;
    for (const precision of precisions) {
      const query = { target: use.target, precision, options, ...(model !== undefined && { model }) };
      const support = canMake(toolchain, query, ranges);
      if (support.yes) made.push({ toolchain, query });
      else refused.push({ precision, toolchain: name, why: support.why });
    }
  }
  return { ...use, made, refused };
}

function unservedTarget({ target, refused }: Reach): Fault {
  return {
    code: "precision-unserved",
    path: ["targets", target.name, "toolchains"],
    message: `nothing can be made for \`${target.name}\`: ${reasons(refused)}`,
    hint:
      "unserved" in target && target.unserved !== undefined ? unservedHint(target.unserved) : "list another toolchain or another precision",
  };
}

function unservedHint({ compiler, why, plugin }: UnservedHardware): string {
  return `it is compiled for by ${compiler}; ${why}; ${plugin}`;
}

function unservedPrecision(precision: Precision, path: YamlPath, reaches: readonly Reach[]): Fault[] {
  if (reaches.length === 0 || reaches.some(({ made }) => made.some(({ query }) => query.precision === precision))) return [];
  const refused = reaches.flatMap((reach) => reach.refused).filter((refusal) => refusal.precision === precision);
  return [
    {
      code: "precision-unserved",
      severity: "warning",
      path,
      message: `no toolchain of this recipe makes \`${precision}\`: ${reasons(refused)}`,
    },
  ];
}

function reasons(refused: readonly { readonly toolchain: string; readonly why: string }[]): string {
  return [...new Set(refused.map(({ toolchain, why }) => `${toolchain}: ${why}`))].join("; ");
}

function unreachableProof({ target, require, made }: Reach, host: Host): Fault[] {
  if (!meetsProof(require, "emulated") || made.length === 0) return [];
  const why = whyNotHere(require, { target, made, host });
  if (why === null) return [];
  return [
    {
      code: "proof-unreachable",
      severity: "warning",
      path: ["targets", target.name],
      on: "key",
      message: `\`${target.name}\` must be ${require}, but nothing made for it can run on this machine: ${why}`,
      hint: "`require: compiled` asks for no more than this machine can prove",
    },
  ];
}

interface Asked {
  readonly target: Target;
  readonly made: Reach["made"];
  readonly host: Host;
}

/** Emulation is a way to run on a foreign host, and no way to be proven on the hardware. */
function whyNotHere(require: ProofLevel, { target, made, host }: Asked): string | null {
  const ways = made.map(({ toolchain, query }) => ({ toolchain: toolchain.name, way: wayToRun(host, toolchain, query) }));
  const onHardware = meetsProof(require, "validated");
  if (ways.some(({ way }) => way.yes && !(onHardware && emulatorOf(way) !== null))) return null;
  const lacking = whyForeign(target, host);
  if (lacking !== null) return lacking;
  return reasons(ways.map(({ toolchain, way }) => ({ toolchain, why: way.yes ? `only emulated, by ${emulatorOf(way)}` : way.why })));
}

function whyForeign(target: Target, host: Host): string | null {
  if (target.device !== "cpu") return whyNotThisHost(host, target)?.replace("this host", "it") ?? null;
  if (target.architecture !== host.architecture) return `it is ${host.architecture}, the target ${target.architecture}`;
  const missing = target.features.filter((feature) => !host.cpuFeatures.includes(feature));
  return missing.length > 0 ? `its CPU lacks ${someOf(missing)}` : null;
}

function someOf(features: readonly string[]): string {
  const shown = features.slice(0, 4).join(", ");
  return features.length > 4 ? `${shown} and ${features.length - 4} more` : shown;
}
