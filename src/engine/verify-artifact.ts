import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Accelerator } from "../domain/accelerator.ts";
import type { Host } from "../domain/host.ts";
import type { ArtifactCheck } from "../report/verify-view.ts";
import { digestFile } from "../system/digest-file.ts";
import { type Manifest, manifestSchema } from "./publish/manifest.ts";

/** Problem codes of `fettle verify`. */
type ProblemCode =
  | "no-manifest"
  | "bad-manifest"
  | "missing-file"
  | "changed-file"
  | "extra-file"
  | "architecture"
  | "cpu-features"
  | "device"
  | "package-version";
type ArtifactProblem = ArtifactCheck["problems"][number] & { readonly code: ProblemCode };

export interface VerifyOptions {
  readonly host: Host;
  /** Gives the installed version of a Python package, without importing it; null when it is not there. */
  installedVersion(name: string): Promise<string | null>;
}

/** Checks an artifact's folder: manifest, every file, and whether this host could run it. Loads nothing of it. */
export async function verifyArtifact(directory: string, options: VerifyOptions): Promise<ArtifactCheck> {
  const read = await readManifest(directory);
  if ("problem" in read)
    return { directory, ok: false, candidate: null, target: null, proof: null, problems: [read.problem], packages: [] };
  const { manifest } = read;
  const packages = await checkPackages(manifest, options);
  const problems = [...(await verifyFiles(directory, manifest)), ...hostProblems(manifest, options.host), ...packageProblems(packages)];
  const { candidate, target, proof } = manifest;
  return { directory, ok: problems.length === 0, candidate, target: target.name, proof, problems, packages };
}

/** The manifest of an artifact's folder, or why there is none: `no-manifest`, `bad-manifest`. */
export async function readManifest(directory: string): Promise<{ manifest: Manifest } | { problem: ArtifactProblem }> {
  const path = join(directory, "manifest.json");
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null)
    return { problem: { code: "no-manifest", message: `${path} is not there or cannot be read: this is not an artifact folder.` } };
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return { manifest: parsed.data };
    const issue = parsed.error.issues[0];
    return { problem: { code: "bad-manifest", message: `${path} is wrong at \`${issue?.path.join(".")}\`: ${issue?.message}.` } };
  } catch {
    return { problem: { code: "bad-manifest", message: `${path} is not JSON.` } };
  }
}

/** Looks whether an artifact's folder holds every file its manifest names, unchanged, and no other. */
export async function verifyFiles(directory: string, manifest: Manifest): Promise<ArtifactProblem[]> {
  const problems: ArtifactProblem[] = [];
  for (const file of manifest.files) {
    const digest = await digestFile(join(directory, file.path)).catch(() => null);
    if (digest === null) problems.push({ code: "missing-file", message: `${file.path} is missing.` });
    else if (digest !== file.digest) problems.push({ code: "changed-file", message: `${file.path} is not the file the manifest names.` });
  }
  const known = new Set(["manifest.json", ...manifest.files.map((file) => file.path)]);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = relative(directory, join(entry.parentPath, entry.name));
    if (!entry.isDirectory() && !known.has(path)) problems.push({ code: "extra-file", message: `${path} is not part of the artifact.` });
  }
  return problems;
}

/** Why this host could not run an artifact, by what its manifest requires: architecture, CPU features, device. */
export function hostProblems({ requires }: Manifest, host: Host): ArtifactProblem[] {
  if (requires.architecture !== "any" && requires.architecture !== host.architecture) {
    return [{ code: "architecture", message: `It is built for ${requires.architecture}; this host is ${host.architecture}.` }];
  }
  const missing = requires.cpuFeatures.filter((feature) => !host.cpuFeatures.includes(feature));
  if (missing.length === 0) return deviceProblems(requires.device, host);
  return [
    { code: "cpu-features", message: `It needs the CPU features ${missing.join(", ")}, which this host (${host.cpuModel}) does not have.` },
  ];
}

/** The device's kind, maker and architecture. Drivers are compared where the artifact is loaded: their versions have no common order. */
function deviceProblems(device: Manifest["requires"]["device"], host: Host): ArtifactProblem[] {
  if (device === null) return [];
  const wanted = `${device.vendor === "any" ? "" : `${device.vendor} `}${device.device}`;
  const alike = host.accelerators.filter((each) => each.device === device.device && ["any", each.vendor].includes(device.vendor));
  if (alike.length === 0) {
    const message = [`It needs a device of kind ${wanted}, and this host has none.`, ...host.acceleratorNotes].join(" ");
    return [{ code: "device", message }];
  }
  const fits = ({ architecture }: Accelerator) => device.architectures.length === 0 || device.architectures.includes(architecture ?? "");
  if (alike.some(fits)) return [];
  const has = alike.map(({ name, architecture }) => `${name} (${architecture ?? "architecture unknown"})`).join(", ");
  return [{ code: "device", message: `It is built for ${device.architectures.join(", ")}; this host has ${has}.` }];
}

async function checkPackages({ requires }: Manifest, { installedVersion }: VerifyOptions): Promise<ArtifactCheck["packages"]> {
  const wanted = Object.entries(requires.packages);
  return Promise.all(wanted.map(async ([name, needs]) => ({ name, needs, has: await installedVersion(name) })));
}

/** A missing package is told, not held against the artifact; another version is: what was proven was proven with this one. */
function packageProblems(packages: ArtifactCheck["packages"]): ArtifactProblem[] {
  return packages
    .filter(({ needs, has }) => has !== null && has !== needs)
    .map(({ name, needs, has }) => ({ code: "package-version", message: `It was proven with ${name} ${needs}; ${has} is installed.` }));
}
