import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Attacker, told } from "../../rig/hostile/attack.ts";
import { READ_FILES, SPOIL_FILES, SPOIL_LIBRARY, WRITE_FILES } from "../../rig/hostile/programs.ts";
import { plantInHome, plantReadOnly } from "../../rig/hostile/world.ts";
import { pythonEnvironment } from "../../rig/python-environment.ts";
import { scratchFolder } from "../../rig/scratch.ts";

/** Attacks on files of the machine: HOME, the store, other workspaces, inputs, environment. */
export function hostileFiles(attacker: Attacker): void {
  test("it reads the user's HOME", async () => {
    const home = scratchFolder("home");
    mkdirSync(join(home, ".ssh"));
    writeFileSync(join(home, ".ssh/id_ed25519"), "a secret key");
    vi.stubEnv("HOME", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    const inReality = plantInHome("a real secret");
    const ran = await attacker.attack(READ_FILES, { paths: [join(home, ".ssh/id_ed25519"), inReality] });
    attacker.expectHeld("home", told(ran, "value").length === 0 && !ran.log.includes("secret"));
  });

  test("it reads the store and another step's workspace, by path and through a link in its own", async () => {
    const other = neighbour();
    const ran = await attacker.attack(READ_FILES, { paths: other.readable }, { workspace: other.own });
    attacker.expectHeld("files", told(ran, "value").length === 0);
  });

  test("it forges another step's result and writes elsewhere", async () => {
    const other = neighbour();
    const stray = join(tmpdir(), `fettle-stray-${process.pid}-${Date.now()}`);
    onTestFinished(() => rmSync(stray, { force: true }));
    const paths = [join(other.own, "../step-2/result.json"), "../step-2/result.json", join(other.own, "../step-2/out/new"), stray];
    await attacker.attack(WRITE_FILES, { paths, text: "forged" }, { workspace: other.own });
    const isForged = readFileSync(join(other.own, "../step-2/result.json"), "utf8") !== "another step's";
    const others = [join(other.own, "../step-2/out/new"), stray];
    attacker.expectHeld("write", !isForged && !others.some((path) => existsSync(path)));
  });

  test("it changes its inputs in the store", async () => {
    const tree = plantReadOnly(join(scratchFolder("trees"), "files"), "model.onnx", "the model");
    const mounts = [{ source: dirname(tree.path), at: "in/model" }];
    const ran = await attacker.attack(SPOIL_FILES, { paths: ["in/model/model.onnx"] }, { mounts });
    expect(ran.log).toMatch(/write: /);
    attacker.expectHeld("inputs", tree.isIntact());
  });

  test("it changes the environment it shares with others", async () => {
    if (!attacker.ownEnvironment) {
      const ran = await attacker.attack(SPOIL_LIBRARY, {});
      attacker.expectHeld("environment", told(ran, "did").length === 0);
      return;
    }
    const environment = pythonEnvironment();
    const library = plantReadOnly(join(environment.root, "lib/site-packages"), "package.py", "honest = True");
    await attacker.attack(SPOIL_FILES, { paths: [library.path] }, { environment });
    attacker.expectHeld("environment", library.isIntact());
  });

  test.runIf(attacker.ownEnvironment)("its package brings programs named like those that shut it in", async () => {
    const environment = pythonEnvironment();
    const mark = join(scratchFolder("mark"), "ran-free");
    for (const name of ["bwrap", "unshare", "setpriv", "prlimit", "env", "sh", "flock"])
      writeFileSync(join(environment.root, "bin", name), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    const ran = await attacker.attack("print('{}')", {}, { environment });
    expect(ran.messages).toEqual([{}]);
    attacker.expectHeld("impostors", !existsSync(mark));
  });
}

interface Neighbour {
  /** The workspace of the command. */
  readonly own: string;
  readonly readable: string[];
}

/** The workspaces of two steps of one run, and a tree of the store, as they lie in FETTLE_HOME. */
function neighbour(): Neighbour {
  const store = scratchFolder("store");
  const own = join(store, "work/1-run/step-1");
  const other = join(store, "work/1-run/step-2");
  for (const folder of [own, other]) mkdirSync(join(folder, "out"), { recursive: true });
  writeFileSync(join(other, "result.json"), "another step's");
  mkdirSync(join(store, "trees/ab/files"), { recursive: true });
  writeFileSync(join(store, "trees/ab/files/model.onnx"), "a tree of the store");
  return {
    own,
    readable: [join(other, "result.json"), "../step-2/result.json", join(store, "trees/ab/files/model.onnx"), "/proc/1/root/etc/shadow"],
  };
}
