import { expect, test } from "vitest";
import { type DoctorFinding, type DoctorReport, doctorDocument, renderDoctor } from "../../../src/report/doctor-view.ts";
import { coloured, plain } from "../../fixtures/report/themes.ts";

const finding = (over: Partial<DoctorFinding>): DoctorFinding => ({
  group: "executors",
  name: "",
  state: "works",
  needed: false,
  detail: "",
  mend: null,
  ...over,
});
const report: DoctorReport = {
  ok: false,
  executor: "namespaces",
  findings: [
    finding({ group: "machine", name: "processor", detail: "AMD EPYC, 2 cores, x86-64-v3" }),
    finding({ name: "bubblewrap", state: "absent", detail: "not installed", mend: "sudo apt-get install bubblewrap" }),
    finding({
      name: "podman",
      state: "limited",
      detail: "4.3.1, rootless; its limits on memory, processes are not enforced here (cgroups)",
    }),
    finding({ name: "docker", state: "fails", detail: "docker does not answer", mend: "sudo systemctl start docker" }),
    finding({
      group: "store",
      name: "room",
      state: "fails",
      needed: true,
      detail: "12.0 MB free",
      mend: "fettle store prune --older-than '720 h'",
    }),
    finding({ group: "toolchains", name: "tvm", state: "pending", detail: "environment not made yet\u001B[2J" }),
  ],
};

test("grouped, a line each, with what mends what", () => {
  expect(renderDoctor(report, plain(72))).toMatchInlineSnapshot(`
    "machine
      ✔ processor   AMD EPYC, 2 cores, x86-64-v3

    executors
      · bubblewrap  not installed
                    mend: sudo apt-get install bubblewrap
      ? podman      4.3.1, rootless; its limits on memory, processes are not
                    enforced here (cgroups)
      ✖ docker      docker does not answer
                    mend: sudo systemctl start docker

    store
      ✖ room        12.0 MB free
                    mend: fettle store prune --older-than '720 h'

    toolchains
      · tvm         environment not made yet

    ✖ no build can run here: room
    "
  `);
});

test("a machine that builds says in what", () => {
  const end = renderDoctor({ ...report, ok: true, findings: report.findings.slice(0, 1) }, plain())
    .trimEnd()
    .split("\n")
    .at(-1);
  expect(end).toBe("✔ a build can run here, with its workers in namespaces");
});

test("green works, yellow is no hindrance, red is", () => {
  const lines = renderDoctor(report, coloured()).split("\n");
  const lineOf = (name: string) => lines.find((line) => line.includes(`${name} `));
  expect(lineOf("processor")).toContain("\u001B[32m✔");
  expect(lineOf("docker")).toContain("\u001B[33m✖");
  expect(lineOf("room")).toContain("\u001B[31m✖");
});

test("the document for programs has a schema and every finding", () => {
  expect(doctorDocument(report)).toEqual({ schema: "fettle.doctor/1", ...report });
});
