import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { changedSignature } from "../../engine/changed-signature.ts";
import { digestFile } from "../../system/digest-file.ts";
import { type Check, failed, passed, type Trial, told } from "../check.ts";
import { compileFolder, readSignature } from "../compiled.ts";

/** The worker answers `probe` with versions. */
export const probes: Check = {
  name: "probes",
  title: "`probe` gives the versions that shape its results",
  run({ probe }) {
    if (!probe.ok) return failed(told(probe.error));
    const facts = z.object({ versions: z.record(z.string(), z.string()), notes: z.array(z.string()) }).safeParse(probe.value.facts);
    if (!facts.success) return failed(`its facts are wrong at ${facts.error.issues[0]?.path.join(".")}`);
    const versions = Object.entries(facts.data.versions);
    return versions.length === 0 ? failed("it names no version") : passed(versions.map((each) => each.join(" ")).join(", "));
  },
};

/** The sample model compiles; facts follow the schema and the files are there. */
export const compiles: Check = {
  name: "compiles",
  title: "the sample model compiles, its facts follow the schema, and every file it names is there",
  async run(trial) {
    if (trial.compiled !== null) return passed(trial.compiled.facts.files.join(", "));
    // Why it is not there.
    const again = await compileFolder(trial.bench, "compile-again", trial.material.prepared);
    return again.ok ? failed("it compiled only the second time") : failed(told(again.error));
  },
};

/** What a report and `fettle verify` rest on is stated. */
export const states: Check = {
  name: "states",
  title:
    "facts name the versions, the runtime's packages, and the device where it needs one; shares add up to 1; the signature is the model's",
  run({ bench, compiled, material }) {
    if (compiled === null) return failed("nothing was compiled");
    const [prepared, artifact] = [material.prepared, compiled.folder].map(readSignature);
    if (!prepared?.success || !artifact?.success) return failed("it left no usable signature.json");
    const changed = changedSignature(prepared.data, artifact.data);
    if (changed !== null) return failed(`its signature.json ${changed}`);
    const { versions, requires, declared } = compiled.facts;
    const { target } = bench.subject;
    if (Object.keys(versions).length === 0) return failed("`versions` is empty");
    if (Object.keys(requires.packages).length === 0) return failed("`requires.packages` is empty: nobody could tell what to run it with");
    if (target.device !== "cpu" && requires.device === null) return failed(`made for a ${target.device}, and \`requires.device\` is null`);
    if (target.device === "cpu" && requires.device !== null) return failed("made for a CPU, and `requires.device` names a device");
    if (declared !== null && !addsUp(Object.values(declared.precision)))
      return failed("the shares of `declared.precision` do not add up to 1");
    return passed(
      `needs ${Object.entries(requires.packages)
        .map((each) => each.join(" "))
        .join(", ")}`,
    );
  },
};

/** Compiling the same again: what the contract declares is what happens. */
export const repeats: Check = {
  name: "repeats",
  title: "a toolchain that declares itself reproducible gives the same bytes twice",
  async run({ bench, material, compiled }: Trial) {
    if (compiled === null) return failed("nothing was compiled");
    const again = await compileFolder(bench, "compile-twice", material.prepared);
    if (!again.ok) return failed(told(again.error));
    const differing = await differingFiles(compiled.folder, again.value.folder);
    if (differing.length === 0) return passed("the same bytes twice");
    if (bench.subject.toolchain.reproducible === true) return failed(`declared reproducible, and ${differing.join(", ")} differ`);
    return passed(`does not declare itself reproducible; ${differing.join(", ")} differ`);
  },
};

export function addsUp(shares: readonly number[]): boolean {
  const total = shares.reduce((sum, share) => sum + share, 0);
  // Shares are quotients of counts: only rounding may part their sum from 1.
  return shares.length === 0 || Math.abs(total - 1) < 1e-6;
}

async function differingFiles(left: string, right: string): Promise<string[]> {
  const [a, b] = await Promise.all([digests(left), digests(right)]);
  return [...new Set([...a.keys(), ...b.keys()])].filter((file) => a.get(file) !== b.get(file)).sort();
}

async function digests(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [relative(folder, file), await digestFile(file)] as const)));
}
