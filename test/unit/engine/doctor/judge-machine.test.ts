import { expect, test } from "vitest";
import { judgeMachine } from "../../../../src/engine/doctor/judge-machine.ts";
import type { DoctorFinding } from "../../../../src/report/doctor-view.ts";

const finding = (name: string, over: Partial<DoctorFinding> = {}): DoctorFinding => ({
  group: "programs",
  name,
  state: "works",
  needed: false,
  detail: "",
  mend: null,
  ...over,
});
const sound = [
  finding("bubblewrap"),
  finding("process"),
  finding("uv"),
  finding("folder", { needed: true }),
  finding("onnx", { needed: true }),
];
const but = (name: string, over: Partial<DoctorFinding>) => sound.map((each) => (each.name === name ? { ...each, ...over } : each));

test("a sound machine builds in the strongest isolation", () => {
  expect(judgeMachine(sound)).toMatchObject({ ok: true, executor: "bubblewrap" });
});

test("what is not needed may fail", () => {
  expect(judgeMachine(but("bubblewrap", { state: "fails" }))).toMatchObject({ ok: true, executor: "process" });
});

test("what is needed may not", () => {
  expect(judgeMachine(but("folder", { state: "fails" })).ok).toBe(false);
});

test("a missing environment is no hindrance as long as something can make it", () => {
  expect(judgeMachine(but("onnx", { state: "pending" })).ok).toBe(true);
});

test("without anything to make it with, the maker is what is missing", () => {
  const findings = but("onnx", { state: "pending" }).map((each) => (each.name === "uv" ? { ...each, state: "limited" as const } : each));
  const report = judgeMachine(findings);
  expect(report.ok).toBe(false);
  expect(report.findings.find(({ name }) => name === "uv")).toMatchObject({ state: "fails", needed: true });
});

test("an engine with every image is preferred, and this machine's Python does not matter then", () => {
  const podman = (missing: string[]) => finding("podman", { group: "executors", images: { here: ["onnx"], missing } });
  const noPython = [...sound, finding("python", { needed: true, state: "fails" })];
  expect(judgeMachine([...noPython, podman([])])).toMatchObject({ ok: true, executor: "podman" });
  expect(judgeMachine([...noPython, podman(["tvm"])])).toMatchObject({ ok: false, executor: "bubblewrap" });
});
