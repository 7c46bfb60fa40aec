import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DoctorFinding, DoctorReport } from "../../src/report/doctor-view.ts";
import { barePath } from "../rig/bare-machine.ts";
import { fettle } from "../rig/cli.ts";
import { isRunning } from "../rig/processes.ts";
import { scratchFolder } from "../rig/scratch.ts";

interface Examined {
  readonly code: number | null;
  readonly report: DoctorReport;
  finding(name: string): DoctorFinding | undefined;
}

/** What `fettle doctor` says on a machine with these variables. */
async function examine(env: Readonly<Record<string, string>>, ...flags: string[]): Promise<Examined> {
  const folder = scratchFolder("doctor");
  const own = { HOME: folder, FETTLE_HOME: join(folder, "store"), FETTLE_LEASES: join(folder, "leases"), ...env };
  const { code, stdout, stderr } = await fettle(["doctor", "--json", ...flags], { cwd: folder, env: own });
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as DoctorReport;
  return { code, report, finding: (name) => report.findings.find((each) => each.name === name) };
}

const THE_REST = process.env.PATH ?? "";

test("this machine: everything is tried and told in its group, and the exit code says whether a build can run", async () => {
  const { code, report } = await examine({});
  expect(report).toMatchObject({ schema: "fettle.doctor/1", ok: true });
  expect(code).toBe(0);
  expect([...new Set(report.findings.map(({ group }) => group))]).toEqual(["machine", "executors", "programs", "store", "toolchains"]);
  const names = report.findings.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["bubblewrap", "namespaces", "process", "podman", "docker", "python", "openvino", "tvm"]));
});

test("a machine with nothing on it: each thing that is missing has its mend, and no build can run", async () => {
  const { code, report, finding } = await examine({ PATH: barePath([]), PYENV_ROOT: "/nowhere" });
  expect(code).toBe(1);
  expect(report.ok).toBe(false);
  for (const name of ["bubblewrap", "podman", "docker", "npm"]) {
    expect(finding(name)).toMatchObject({ state: "absent", needed: false, detail: expect.stringContaining("not installed") });
  }
  expect(finding("flock")).toMatchObject({ state: "fails", needed: true });
  expect(finding("python")).toMatchObject({ state: "fails", needed: true, detail: expect.stringContaining("no CPython >=3.11,<3.14") });
  expect(finding("onnx")).toMatchObject({ state: "fails", needed: true });
  expect(finding("process")).toMatchObject({ state: "limited" });
});

test("a sandbox that is installed and refused is told apart from one that is missing", async () => {
  const refusing = barePath([], { bwrap: "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1" });
  const { finding } = await examine({ PATH: `${refusing}:${THE_REST}` });
  expect(finding("bubblewrap")).toMatchObject({ state: "fails", needed: false, detail: "bwrap: setting up uid map: Permission denied" });
});

test("a dead daemon, and one this user may not talk to", async () => {
  const dead = "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1";
  const denied = "echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1";
  const [first, second] = await Promise.all([dead, denied].map((docker) => examine({ PATH: `${barePath([], { docker })}:${THE_REST}` })));
  expect(first?.finding("docker")).toMatchObject({ state: "fails", mend: "sudo systemctl start docker" });
  expect(second?.finding("docker")).toMatchObject({ state: "fails", mend: "sudo usermod -aG docker $USER" });
});

test("an engine that ignores limits works, with that limit", async () => {
  const info = { host: { cgroupControllers: [], security: { rootless: true } }, version: { Version: "4.3.1" } };
  const { finding } = await examine({ PATH: `${barePath([], { podman: `echo '${JSON.stringify(info)}'` })}:${THE_REST}` });
  expect(finding("podman")).toMatchObject({
    state: "limited",
    detail: expect.stringContaining("4.3.1, rootless; has no images; limits on memory"),
  });
});

test("programs that hang hold nothing up, and do not outlive it", async () => {
  const marks = scratchFolder("marks");
  const hang = `echo $$ > ${marks}/$(basename $0); exec sleep 1000`; // far longer than a test may take
  const { finding } = await examine({ PATH: `${barePath([], { podman: hang, docker: hang, bwrap: hang })}:${THE_REST}` });
  for (const name of ["podman", "docker", "bubblewrap"]) expect(finding(name)?.state).toBe("fails");
  expect(finding("podman")?.detail).toBe("gave no answer in time");
  const pids = ["podman", "docker", "bwrap"].map((name) => Number(readFileSync(join(marks, name), "utf8")));
  expect(pids.filter(isRunning)).toEqual([]);
});

test("a store that cannot be, and a folder of leases that is none", async () => {
  const { code, finding } = await examine({ FETTLE_HOME: "/dev/null/store", FETTLE_LEASES: "/dev/null" });
  expect(code).toBe(1);
  expect(finding("folder")).toMatchObject({ state: "fails", needed: true, mend: "export FETTLE_HOME=$HOME/fettle-store" });
  expect(finding("leases")).toMatchObject({ state: "fails", needed: true, mend: "sudo install -d -m 1777 /dev/null" });
});

test("nothing to make environments with: pip is what to install", async () => {
  // A pip whose settings cannot be read answers nothing at all.
  const settings = join(scratchFolder("pip"), "pip.conf");
  writeFileSync(settings, "[global\n");
  const { code, finding } = await examine({ PATH: barePath(["flock", "setpriv", "python3.11"]), PIP_CONFIG_FILE: settings });
  expect(finding("python")?.state).toBe("works");
  expect(finding("uv")).toMatchObject({ state: "fails", needed: true, detail: expect.stringContaining("neither uv nor a pip") });
  expect(code).toBe(1);
});

test("pip's settings are told without their passwords, and a certificate that is not there is a fault", async () => {
  const settings = { PIP_INDEX_URL: "https://user:hunter2@mirror.example/simple", PIP_PROXY: "http://me:hunter2@proxy.example:3128" };
  const { report, finding } = await examine(settings);
  expect(finding("pip settings")?.detail).toContain("index mirror.example/simple");
  expect(JSON.stringify(report)).not.toContain("hunter2");
  const lost = await examine({ PIP_CERT: "/nowhere/ca.pem" });
  expect(lost.finding("pip settings")).toMatchObject({ state: "fails", detail: expect.stringContaining("/nowhere/ca.pem") });
});

test("the package index is asked only when that is wanted", async () => {
  const nobody = { PIP_INDEX_URL: "http://127.0.0.1:9/simple", PIP_RETRIES: "0", PIP_EXTRA_INDEX_URL: "", PIP_FIND_LINKS: "" };
  const [without, asked] = await Promise.all([examine(nobody), examine(nobody, "--online")]);
  expect(without.finding("package index")).toBeUndefined();
  expect(asked.finding("package index")).toMatchObject({ group: "network", state: "fails", needed: false });
});

test("people get groups, symbols and the verdict last", async () => {
  const folder = scratchFolder("doctor");
  const env = { HOME: folder, FETTLE_HOME: join(folder, "store"), FETTLE_LEASES: join(folder, "leases") };
  const { code, stdout } = await fettle(["doctor"], { cwd: folder, env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^machine\n {2}✔ processor/);
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^✔ a build can run here, with its workers in /);
});
