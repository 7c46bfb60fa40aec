import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import { reportOf } from "../rig/project.ts";
import { scratchFolder } from "../rig/scratch.ts";

// Another architecture: what is compiled is not run, so that only the attack is looked at.
const BOTH = "{ cpu-arm64: { toolchains: [hostile, sound], require: compiled } }";

/** A build in which one toolchain's compiler means harm. Whatever it does, the other's artifact is made, whole and published. */
async function buildWith(program: string, ...flags: string[]) {
  const [project, hostile] = await fakeDigits({ targets: BOTH }, ["hostile", "sound"]);
  hostile?.always("compile", { do: "attack", program });
  const built = await project.run("build", "digits.yaml", "--json", ...flags);
  const [target] = reportOf(built).targets;
  const [failed, sound] = target?.candidates ?? [];
  expect(sound).toMatchObject({ id: "sound/float32", verdict: "accepted" });
  expect(target?.winner).toMatchObject({ candidate: "sound/float32" });
  expect((await project.run("verify", "dist/digits/cpu-arm64")).code).toBe(0);
  expect((await project.run("store", "verify")).code).toBe(0);
  return { project, failed };
}

describe("a compiler that means harm fails alone", () => {
  test("by a link in its results to a file of the user's, whose contents are neither stored nor published", async () => {
    const secret = join(scratchFolder("private"), "key");
    writeFileSync(secret, "the-secret-of-this-test");
    const { project, failed } = await buildWith(`os.symlink(${JSON.stringify(secret)}, request.out / "extra.bin")`);
    expect(failed?.failure).toMatchObject({ reason: "garbage-output", message: expect.stringContaining("extra.bin is a link") });
    for (const place of [join(project.home, "trees"), join(project.home, "actions"), join(project.path, "dist")])
      expect(spawnSync("grep", ["-r", "the-secret-of-this-test", place]).status).toBe(1);
  });

  test.each([
    ["above its folder", "../../../../../../etc/passwd"],
    ["at an absolute path", "/etc/passwd"],
  ])("by naming a file %s as its artifact", async (_, file) => {
    const { failed } = await buildWith(`facts = {"files": ["${file}"]}`);
    expect(failed?.failure).toMatchObject({
      reason: "garbage-output",
      message: expect.stringContaining("leads out of the artifact's folder"),
    });
  });

  test("by a signature that is a pipe", async () => {
    const { failed } = await buildWith(`
import shutil
copyfile = shutil.copyfile
def swap(source, to):
    copyfile(source, to)
    if str(to).endswith("signature.json"):
        os.unlink(to)
        os.mkfifo(to)
shutil.copyfile = swap
`);
    expect(failed?.failure).toMatchObject({ reason: "garbage-output" });
  });

  test("by forking without end", async () => {
    const bomb =
      "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end:\n    try: os.fork()\n    except OSError: time.sleep(0.01)";
    const { failed } = await buildWith(bomb, "--processes", "200");
    expect(failed?.failure).toMatchObject({
      reason: "too-many-processes",
      message: "It went over its limit of processes and threads and was stopped.",
      hint: expect.stringContaining("--processes"),
    });
  });

  test("by a sparse file of 100 GB, without anybody copying or hashing it", async () => {
    const sparse = `import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nopen(request.out / "sparse", "w").truncate(100 * 10**9)`;
    const { failed } = await buildWith(sparse);
    expect(failed?.failure).toMatchObject({ reason: "output-too-large", hint: expect.stringContaining("--result-size") });
  });

  test("by many files that are too large together", async () => {
    const { failed } = await buildWith(`for i in range(20): open(request.out / str(i), "w").truncate(2 * 10**6)`, "--result-size", "30 MB");
    expect(failed?.failure).toMatchObject({
      reason: "output-too-large",
      message: expect.stringContaining("larger than the 30.0 MB it may be"),
    });
  });
});

test("names with line ends and escapes in an artifact are names like any other, and reach no terminal", async () => {
  const [project, fake] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" });
  fake?.always("compile", { do: "attack", program: `open(request.out / "a\\nb\\x1b[2J", "w").write("odd")` });
  const built = await project.run("build", "digits.yaml");
  expect(built.code).toBe(0);
  expect(built.stdout + built.stderr).not.toContain("\u001b[2J");
  expect(existsSync(join(project.path, "dist/digits/cpu-arm64/a\nb\u001b[2J"))).toBe(true);
  const verified = await project.run("verify", "dist/digits/cpu-arm64");
  expect(verified.code).toBe(0);
  expect(verified.stdout + verified.stderr).not.toContain("\u001b[2J");
});
