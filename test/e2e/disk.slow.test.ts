import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digitsStore, fakeDigits } from "../rig/digits-build.ts";
import { copyStore } from "../rig/prepared-home.ts";
import { type Project, reportOf, writeDigitsRecipe } from "../rig/project.ts";
import { mountSmallDisk, remountReadOnly } from "../rig/small-disk.ts";

const ARM = { targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" };

function moveStore(project: Project, home: string): void {
  project.variables.FETTLE_HOME = home;
  Object.assign(project, { home });
}

/** Fills a disk to its last byte, save a few. */
function fill(disk: string, leave: number): string {
  const ballast = join(disk, "ballast");
  const chunk = Buffer.alloc(64 << 10);
  try {
    for (;;) writeFileSync(ballast, chunk, { flag: "a" });
  } catch {
    const all = readFileSync(ballast).length;
    writeFileSync(ballast, Buffer.alloc(Math.max(0, all - leave)));
  }
  return ballast;
}

test("a full disk under the store: the step says so, and with room again the next run is right", async (context) => {
  const [project] = await fakeDigits(ARM);
  const disk = await mountSmallDisk(context, 24);
  copyStore(await digitsStore(), join(disk, "store"));
  moveStore(project, join(disk, "store"));
  const ballast = fill(disk, 40 << 10);
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(3);
  const [failure] = reportOf(built).targets[0]?.candidates.map((each) => each.failure) ?? [];
  expect(failure).toMatchObject({ reason: "disk-full" });
  writeFileSync(ballast, "");
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect((await project.run("store", "verify")).code).toBe(0);
});

test("a full disk under the output folder: nothing half-written, and the message says where", async (context) => {
  const [project] = await fakeDigits(ARM);
  const disk = await mountSmallDisk(context, 1);
  fill(disk, 16 << 10);
  const built = await project.run("build", "digits.yaml", "--json", "--out", join(disk, "dist"));
  expect(built.code).toBe(3);
  expect(reportOf(built).failures).toMatchObject([
    { step: "publish cpu-arm64", reason: "disk-full", message: `No room left to write ${join(disk, "dist/digits/cpu-arm64")}.` },
  ]);
  expect(readdirSync(join(disk, "dist/digits"))).toEqual([]);
});

test("a read-only store still answers what it has", async (context) => {
  const [project, fake] = await fakeDigits(ARM);
  const disk = await mountSmallDisk(context, 24);
  copyStore(await digitsStore(), join(disk, "store"));
  moveStore(project, join(disk, "store"));
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  remountReadOnly(disk);

  const again = await project.run("build", "digits.yaml", "--json", "--out", "elsewhere");
  expect(again.code).toBe(0);
  expect(reportOf(again).steps).toMatchObject({ failed: 0, skipped: 0 });
  expect(fake?.count("compile")).toBe(1);

  project.write("digits.yaml", project.read("digits.yaml").replace("[fake]", "[{ fake: { level: 2 } }]"));
  const changed = await project.run("build", "digits.yaml", "--json");
  expect(changed.code).toBe(3);
  expect(reportOf(changed).targets[0]?.candidates[0]?.failure).toMatchObject({
    reason: "read-only",
  });
});

function treeFile(home: string, name: string): string {
  for (const tree of readdirSync(join(home, "trees"))) {
    const path = join(home, "trees", tree, "files", name);
    if (existsSync(path)) return path;
  }
  throw new Error(`no tree of the store has a file ${name}`);
}

test("a damaged file in the store is noticed, told and made again; what it was made from is not", async () => {
  const [project, fake] = await fakeDigits(ARM);
  await project.run("build", "digits.yaml");
  const damaged = treeFile(project.home, "made.txt");
  chmodSync(damaged, 0o644);
  writeFileSync(damaged, "MADE");
  const running = project.start("build", "digits.yaml", "--json");
  const told = await running.event("store-damaged");
  expect(told).toMatchObject({ path: damaged, message: "has other contents than were stored" });
  const ended = await running.ended;
  expect(ended.code).toBe(0);
  expect(fake?.count("compile")).toBe(2);
  expect(readFileSync(treeFile(project.home, "made.txt"), "utf8")).toBe("made");
  expect(project.read("dist/digits/cpu-arm64/made.txt")).toBe("made");
});

test("a truncated record of the store is a miss like any other", async () => {
  const [project, fake] = await fakeDigits(ARM);
  await project.run("build", "digits.yaml");
  for (const record of readdirSync(join(project.home, "actions"))) {
    const path = join(project.home, "actions", record);
    if (readFileSync(path, "utf8").includes("compile cpu-arm64 fake/float32")) writeFileSync(path, readFileSync(path).subarray(0, 100));
  }
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect(fake?.count("compile")).toBe(2);
});

test("a worker that writes into its input, where nothing stops it, spoils no later build", async () => {
  const [project, broken] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [broken], require: compiled } }" }, [
    "broken",
    "sound",
  ]);
  broken?.always("compile", { do: "trespass" });
  const first = project.start("build", "digits.yaml", "--isolation", "process");
  await first.ended;
  writeDigitsRecipe(project, { targets: "{ cpu-arm64: { toolchains: [sound], require: compiled } }" });
  const next = await project.run("build", "digits.yaml", "--json");
  expect(next.code).toBe(0);
  expect(readFileSync(join(project.path, "dist/digits/cpu-arm64/model.onnx"), "latin1")).not.toBe("spoiled");
  expect((await project.run("store", "verify")).code).toBe(0);
});

test("a worker that is shut in can write neither its input nor, under bubblewrap, anything else of the machine", async () => {
  const [project, fake] = await fakeDigits(ARM);
  fake?.always("compile", { do: "trespass" });
  const running = project.start("build", "digits.yaml");
  const { isolation } = await running.event("isolation-chosen");
  const { log } = await running.event("step-started", "compile cpu-arm64 fake/float32");
  expect((await running.ended).code).toBe(0);
  const said = readFileSync(log ?? "", "utf8");
  if (isolation !== "process") expect(said).toMatch(/refused \S+model\.onnx: /);
  if (isolation === "bubblewrap") expect(said).toMatch(/refused \S+trespass: /);
});
