import { type Digest, isDigest } from "../../domain/digest.ts";
import type { ArtifactFacts } from "../../domain/facts.ts";
import type { Host } from "../../domain/host.ts";
import { asJson, type Json, type JsonObject } from "../../domain/json.ts";
import type { CandidateReport } from "../../domain/report.ts";
import type { ActionRecord, TreeFile } from "../../domain/store.ts";
import type { Target } from "../../domain/target.ts";
import type { ModelSignature } from "../../domain/tensor.ts";
import { MANIFEST_SCHEMA, type Manifest } from "./manifest.ts";

export interface ManifestSources {
  readonly fettle: string;
  readonly recipe: string;
  readonly target: Target;
  readonly winner: CandidateReport;
  readonly facts: ArtifactFacts;
  readonly signature: ModelSignature;
  /** Everything that will lie in the folder beside the manifest. */
  readonly files: readonly TreeFile[];
  readonly compile: ActionRecord;
  readonly model: ActionRecord;
  readonly data: ActionRecord;
  readonly judgedBy: Digest;
  readonly host: Host;
}

/** The manifest of a target's winner, from what the steps recorded. */
export function composeManifest(sources: ManifestSources): Manifest {
  const { winner, target, facts, files, host } = sources;
  return {
    schema: MANIFEST_SCHEMA,
    fettle: sources.fettle,
    recipe: sources.recipe,
    target: targetPart(target),
    candidate: winner.id,
    toolchain: { name: winner.toolchain, version: winner.version },
    precision: winner.precision,
    proof: winner.proof ?? "compiled",
    files: orderFiles(files, facts).map(({ path, size, digest }) => ({ path, size, digest })),
    signature: { inputs: sources.signature.inputs.map(mutableJson), outputs: sources.signature.outputs.map(mutableJson) },
    requires: {
      architecture: facts.requires.architecture,
      cpuFeatures: [...facts.requires.cpuFeatures],
      packages: { ...facts.requires.packages },
      device: facts.requires.device && { ...facts.requires.device, architectures: [...facts.requires.device.architectures] },
    },
    model: modelPart(sources.model),
    data: dataPart(sources.data),
    judgedBy: sources.judgedBy,
    made: madePart(sources),
    proven: provenPart(winner, host),
  };
}

/** What was found of a candidate when it was run, and the machine it was run on. */
export function provenPart({ facts, agreement, speed }: CandidateReport, host: Host): Manifest["proven"] {
  const { architecture, cpuModel, cores, cpuLevel, kernel } = host;
  return {
    host: mutableJson({ architecture, cpuModel, cores, cpuLevel, kernel }),
    executed: facts && mutableJson(facts),
    agreement: agreement && mutableJson(agreement),
    speed: speed && mutableJson(speed),
  };
}

function targetPart(target: Target): Manifest["target"] {
  if (target.device === "cpu") {
    const { device, name, architecture, cpu, features } = target;
    return { device, name, architecture, cpu, features: [...features] };
  }
  const { device, name, vendor, architecture, host, title: _title, needs: _needs, unserved: _unserved, ...facts } = target;
  return { device, name, vendor, architecture, host, facts: mutableJson(facts) };
}

/** The file to load comes first, the rest by name. */
function orderFiles(files: readonly TreeFile[], facts: ArtifactFacts): TreeFile[] {
  const rank = (file: TreeFile) => (file.path === facts.files[0] ? 0 : 1);
  return files.toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

// zod infers mutable types; the values are never changed.
type MutableJson = Manifest["model"]["source"];
function mutableJson(value: object): MutableJson {
  return value as MutableJson;
}

function modelPart({ result, inputs }: ActionRecord): Manifest["model"] {
  const { sha256, externalData } = result as { sha256: string; externalData: object[] };
  return { sha256, source: mutableJson(member(inputs, "options", "source") as object), externalData: externalData.map(mutableJson) };
}

function dataPart({ result, tree }: ActionRecord): Manifest["data"] {
  const { validation, calibration } = result as { validation: number; calibration: number };
  return { digest: tree.digest, validation, calibration };
}

function madePart({ compile, facts }: ManifestSources): Manifest["made"] {
  return {
    compile: compile.key,
    environment: digestOrNull(compile.inputs.environment),
    worker: digestOrNull(compile.inputs.worker),
    isolation: compile.run.isolation,
    image: compile.run.image === undefined ? null : { ...compile.run.image },
    versions: { ...facts.versions },
    facts: mutableJson(facts.details),
    declared: facts.declared && mutableJson(facts.declared),
    notes: [...facts.notes],
  };
}

function digestOrNull(value: Json | undefined): string | null {
  return typeof value === "string" && isDigest(value) ? value : null;
}

function member(object: JsonObject, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (value && typeof value === "object" ? asJson(value)[key] : undefined), object);
}
