import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestBytes } from "../../../../src/domain/digest.ts";
import type { Matrix } from "../../../../src/domain/matrix.ts";
import type { MergedReport } from "../../../../src/domain/merged-report.ts";
import type { RunReport } from "../../../../src/domain/report.ts";
import { mergedExitCode } from "../../../../src/engine/exit-code.ts";
import { mergeReports } from "../../../../src/engine/merge/merge-reports.ts";
import { mergedReportSchema } from "../../../../src/report/merged-schema.ts";
import { toyMatrix, toyReport, writeReport, writeToyArtifact } from "../../../rig/job-folders.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

const [X64, ARM] = [{ target: "x64" }, { target: "arm64" }];
const BOTH = toyMatrix(X64, ARM);

/** Two jobs' folders, whole. */
function jobs(): { cwd: string; job(id: string): string } {
  const cwd = scratchFolder("merge");
  const job = (id: string) => join(cwd, "jobs", id);
  for (const each of [X64, ARM]) {
    writeReport(job(`toy--${each.target}`), toyReport(each));
    writeToyArtifact(join(job(`toy--${each.target}`), "dist/toy", each.target), each);
  }
  return { cwd, job };
}

interface Merge {
  readonly paths?: readonly string[];
  readonly out?: string | null;
  readonly matrix?: Matrix | null;
}

async function merge(cwd: string, { paths = ["jobs"], out = "dist", matrix = BOTH }: Merge = {}): Promise<MergedReport> {
  const merged = await mergeReports({ paths, cwd, out, matrix });
  if (!merged.ok) throw new Error(JSON.stringify(merged.error));
  expect(mergedReportSchema.parse(JSON.parse(JSON.stringify(merged.value)))).toEqual(merged.value);
  return merged.value;
}

/** The codes a merge is refused with; nothing may have been written. */
async function refused(cwd: string, { paths = ["jobs"], matrix = BOTH }: Merge = {}): Promise<string[]> {
  const merged = await mergeReports({ paths, cwd, out: "dist", matrix });
  expect(existsSync(join(cwd, "dist"))).toBe(false);
  return merged.ok || !("diagnostics" in merged.error) ? [] : merged.error.diagnostics.map(({ code }) => code);
}

function linkAway(file: string): void {
  rmSync(file);
  symlinkSync("/etc/hostname", file);
}

function targetsOf({ recipes }: MergedReport): string[] {
  return recipes.flatMap(({ recipe, targets }) =>
    targets.map(({ target, status, reason }) => `${recipe}/${target} ${status} ${reason?.code ?? ""}`.trim()),
  );
}

test("jobs become one report in the matrix's order, with every artifact in one place", async () => {
  const { cwd } = jobs();
  const merged = await merge(cwd);
  expect(targetsOf(merged)).toEqual(["toy/x64 accepted", "toy/arm64 accepted"]);
  expect(merged).toMatchObject({ status: "ok", seconds: 4, notes: [] });
  expect(merged.recipes[0]).toMatchObject({ seconds: 4, steps: { total: 8, executed: 6, cached: 2 }, notes: ["alike"] });
  expect(merged.recipes[0]?.targets[1]?.winner?.artifact).toBe("dist/toy/arm64");
  expect(readFileSync(join(cwd, "dist/toy/arm64/lib/model.bin"), "utf8")).toBe("made");
  expect(readdirSync(join(cwd, "dist/toy")).sort()).toEqual(["arm64", "x64"]);
  expect(mergedExitCode(merged)).toBe(0);
});

test("merging again, and into the folder the artifacts already lie in, changes nothing", async () => {
  const { cwd } = jobs();
  const first = await merge(cwd);
  expect(await merge(cwd)).toEqual(first);
  const inPlace = await merge(cwd, { paths: ["jobs/toy--x64"], out: "jobs/toy--x64/dist", matrix: toyMatrix(X64) });
  expect(inPlace.status).toBe("ok");
  expect(readdirSync(join(cwd, "jobs/toy--x64/dist/toy"))).toEqual(["x64"]);
});

test("a target that no report tells of has failed, and what its job left says why", async () => {
  const { cwd, job } = jobs();
  rmSync(job("toy--arm64"), { recursive: true });
  const missing = await merge(cwd);
  expect(targetsOf(missing)).toEqual(["toy/x64 accepted", "toy/arm64 failed report-missing"]);
  expect(mergedExitCode(missing)).toBe(3);
  writeReport(job("toy--arm64"), JSON.stringify(toyReport(ARM)).slice(0, 200));
  const cut = await merge(cwd);
  expect(cut.recipes[0]?.targets[1]?.reason?.message).toBe(
    "no report tells what the job toy--arm64 found: jobs/toy--arm64/report.json is cut short, or no JSON",
  );
  expect(cut.jobs.at(-1)).toMatchObject({ status: "unreadable", report: "jobs/toy--arm64/report.json" });
});

test("an earlier merge's artifact of a target that has none now is taken out of the way", async () => {
  const { cwd, job } = jobs();
  await merge(cwd);
  rmSync(job("toy--arm64"), { recursive: true });
  const merged = await merge(cwd);
  expect(readdirSync(join(cwd, "dist/toy")).sort()).toEqual(["arm64.previous", "x64"]);
  expect(merged.recipes[0]?.targets[1]?.notes).toEqual(["The artifact of an earlier merge is now in dist/toy/arm64.previous."]);
});

test("without a matrix an unreadable report is refused, since nothing tells what is lost with it", async () => {
  const { cwd, job } = jobs();
  writeReport(job("toy--arm64"), "");
  expect(await refused(cwd, { matrix: null })).toEqual(["report-unreadable"]);
  rmSync(job("toy--arm64"), { recursive: true });
  expect((await merge(cwd, { matrix: null })).notes).toHaveLength(1);
});

test("a job that was refused makes the whole wrong, one that was interrupted interrupted", async () => {
  const { cwd, job } = jobs();
  writeReport(job("toy--arm64"), JSON.stringify({ ok: false, diagnostics: [{ code: "lock-differs", message: "another Fettle" }] }));
  const merged = await merge(cwd);
  expect(merged.status).toBe("refused");
  expect(mergedExitCode(merged)).toBe(2);
  expect(merged.recipes[0]?.targets[1]?.reason?.message).toContain("another Fettle");
  writeReport(job("toy--arm64"), JSON.stringify({ ok: false, failure: { reason: "interrupted", message: "Stopped." } }));
  expect(mergedExitCode(await merge(cwd))).toBe(130);
});

test.each<[string, Partial<RunReport["targets"][number]>, number]>([
  ["rejected", { status: "rejected", winner: null, reason: { code: "none-accepted", message: "" } }, 1],
  ["failed", { status: "failed", winner: null, reason: { code: "all-failed", message: "" } }, 3],
])("the worst of the jobs decides: %s", async (status, over, code) => {
  const { cwd, job } = jobs();
  writeReport(job("toy--arm64"), toyReport(ARM, over));
  const merged = await merge(cwd);
  expect(merged.status).toBe(status);
  expect(mergedExitCode(merged)).toBe(code);
  expect(existsSync(join(cwd, "dist/toy/arm64"))).toBe(false);
});

test.each<[string, (folder: string) => void]>([
  ["a changed file", (folder) => writeFileSync(join(folder, "lib/model.bin"), "mad")],
  ["a missing file", (folder) => rmSync(join(folder, "lib/model.bin"))],
  ["a file more", (folder) => writeFileSync(join(folder, "lib/more.bin"), "")],
  ["a manifest that is none", (folder) => writeFileSync(join(folder, "manifest.json"), `{"schema": "fettle.manifest/1"}`)],
  ["the artifact of another build", (folder) => writeToyArtifact(folder, ARM, "made otherwise")],
  ["a link in place of a file", (folder) => linkAway(join(folder, "lib/model.bin"))],
])("an artifact that is not what its report says is refused: %s", async (_, spoil) => {
  const { cwd, job } = jobs();
  spoil(join(job("toy--arm64"), "dist/toy/arm64"));
  for (const out of ["dist", null]) {
    const merged = await merge(cwd, { out });
    expect(targetsOf(merged)).toEqual(["toy/x64 accepted", "toy/arm64 failed artifact-damaged"]);
    expect(mergedExitCode(merged)).toBe(3);
  }
  expect(readdirSync(join(cwd, "dist/toy"))).toEqual(["x64"]);
});

test("what an earlier merge left in the output folder does not stand in for an artifact that is damaged or did not come along", async () => {
  const { cwd, job } = jobs();
  await merge(cwd);
  writeFileSync(join(job("toy--x64"), "dist/toy/x64/lib/model.bin"), "mad");
  rmSync(join(job("toy--arm64"), "dist"), { recursive: true });
  const merged = await merge(cwd);
  expect(targetsOf(merged)).toEqual(["toy/x64 failed artifact-damaged", "toy/arm64 failed artifact-missing"]);
  expect(readdirSync(join(cwd, "dist/toy")).sort()).toEqual(["arm64.previous", "x64.previous"]);
});

test("an artifact that did not come along is a failure where artifacts are collected, and no matter where they are not", async () => {
  const { cwd, job } = jobs();
  rmSync(join(job("toy--arm64"), "dist"), { recursive: true });
  expect(targetsOf(await merge(cwd))).toEqual(["toy/x64 accepted", "toy/arm64 failed artifact-missing"]);
  expect(targetsOf(await merge(cwd, { out: null }))).toEqual(["toy/x64 accepted", "toy/arm64 accepted"]);
});

test("an artifact is found by what it is, wherever in the folders it lies", async () => {
  const { cwd, job } = jobs();
  rmSync(join(job("toy--arm64"), "dist"), { recursive: true });
  writeToyArtifact(join(cwd, "jobs/elsewhere/deep"), ARM);
  writeToyArtifact(join(cwd, "jobs/elsewhere/another"), ARM, "of another build");
  expect((await merge(cwd)).status).toBe("ok");
  expect(readFileSync(join(cwd, "dist/toy/arm64/lib/model.bin"), "utf8")).toBe("made");
});

test("two reports that tell different things of one target are refused; the same told twice is told once", async () => {
  const { cwd, job } = jobs();
  writeReport(job("again"), toyReport(ARM));
  expect(targetsOf(await merge(cwd, { out: null }))).toEqual(["toy/x64 accepted", "toy/arm64 accepted"]);
  writeReport(job("again"), toyReport(ARM, {}, "made otherwise"));
  expect(await refused(cwd)).toEqual(["report-conflict"]);
  writeReport(job("again"), toyReport(ARM, { status: "failed", winner: null, reason: { code: "all-failed", message: "" } }));
  expect(await refused(cwd)).toEqual(["report-conflict"]);
});

test("a file that is named twice, or lies in a folder that is named too, is one report", async () => {
  const { cwd } = jobs();
  const merged = await merge(cwd, { paths: ["jobs/toy--x64/report.json", "jobs", "./jobs/toy--x64"] });
  expect(merged.jobs).toHaveLength(2);
});

test("reports of another recipe or Fettle are refused, against the matrix and against each other", async () => {
  const { cwd, job } = jobs();
  const source = toyReport(ARM).source;
  for (const other of [
    { ...source, digest: digestBytes("changed") },
    { ...source, fettle: "2.0.0" },
  ]) {
    writeReport(job("toy--arm64"), { ...toyReport(ARM), source: other });
    expect(await refused(cwd)).toEqual(["report-differs"]);
    expect(await refused(cwd, { matrix: null })).toEqual(["report-differs"]);
  }
});

test("a report of what the matrix does not have is refused", async () => {
  const { cwd, job } = jobs();
  expect(await refused(cwd, { matrix: toyMatrix(X64) })).toEqual(["report-unexpected"]);
  writeReport(job("old"), toyReport({ recipe: "old", target: "x64" }));
  expect(await refused(cwd)).toEqual(["report-unexpected"]);
});

test("several recipes, each with its own report", async () => {
  const { cwd, job } = jobs();
  const other = { recipe: "other", target: "x64" };
  writeReport(job("other--x64"), toyReport(other));
  writeToyArtifact(join(job("other--x64"), "dist/other/x64"), other);
  const merged = await merge(cwd, { matrix: toyMatrix(X64, other, ARM) });
  expect(targetsOf(merged)).toEqual(["toy/x64 accepted", "toy/arm64 accepted", "other/x64 accepted"]);
  expect(existsSync(join(cwd, "dist/other/x64/manifest.json"))).toBe(true);
});

test("names that lead out of the output folder are no names", async () => {
  const { cwd, job } = jobs();
  for (const bad of [{ recipe: "../../up", target: "x64" }, { target: "../up" }, { target: "a\0b" }]) {
    writeReport(job("evil"), toyReport(bad));
    expect(await refused(cwd, { matrix: null })).toContain("report-unreadable");
  }
  expect(existsSync(join(cwd, "../up"))).toBe(false);
});

test("paths without any report are refused; other JSON in a folder is left alone, and so is what an artifact holds", async () => {
  const { cwd, job } = jobs();
  mkdirSync(join(cwd, "empty"));
  writeFileSync(join(cwd, "note.json"), "{}");
  expect(await refused(cwd, { paths: ["nowhere", "empty", "jobs"] })).toEqual(["report-not-found", "report-not-found"]);
  expect(await refused(cwd, { paths: ["jobs", "note.json"], matrix: null })).toEqual(["report-unreadable"]);
  writeFileSync(join(job("toy--x64"), "other.json"), "{ half");
  writeFileSync(join(job("toy--x64"), "coverage-report.json"), "[1]");
  expect((await merge(cwd)).jobs).toHaveLength(2);
});
