import { expect, test } from "vitest";
import type { DoctorReport } from "../../src/report/doctor-view.ts";
import { FAKE_BASE, type FakeEngine, type FakeImage, fakeEngine } from "../rig/fake-engine.ts";
import { makeProject, type Project, writeDigits } from "../rig/project.ts";

const reference = (name: string, digit: string) => `vendor.example/${name}@sha256:${digit.repeat(64)}`;
const RECIPES = reference("popart", "a");
const PROJECTS = reference("poplar", "b");
const OPENVINO = reference("openvino", "c");
const SDK: FakeImage = { id: `sha256:${"9".repeat(64)}`, names: [RECIPES], root: "/usr/local" };
const TARGETS = "{ cpu-x64: { toolchains: [openvino] }, ipu-mk2: { toolchains: [poplar], require: compiled } }";

/** A project whose fettle.yaml and whose recipe name different images for Poplar, on a machine with a fake engine. */
function project(images = `{ poplar: "${RECIPES}" }`): [Project, FakeEngine] {
  const engine = fakeEngine({ registry: [SDK] });
  const made = makeProject({ env: { ...engine.env, FETTLE_BASE_IMAGE: FAKE_BASE.names[0] ?? "" } });
  writeDigits(made, { targets: `${TARGETS}\nimages: ${images}` });
  made.write("fettle.yaml", `project: 1\ncontainers: { images: { poplar: "${PROJECTS}", openvino: "${OPENVINO}" } }\n`);
  return [made, engine];
}

interface Listed {
  readonly images: readonly { readonly name: string; readonly base: string | null }[];
}

test("a lock pins the recipe's image, which wins over the project's, toolchain by toolchain", async () => {
  const [own] = project();
  expect(await own.run("lock", "digits.yaml", "--executor", "podman")).toMatchObject({ code: 0, stderr: "" });
  const text = own.read("fettle.lock");
  expect(text).toContain(RECIPES);
  expect(text).toContain(OPENVINO);
  expect(text).not.toContain(PROJECTS);
  expect((await own.run("plan", "digits.yaml", "--locked", "--executor", "podman")).code).toBe(0);
  own.write("digits.yaml", own.read("digits.yaml").replace(RECIPES, PROJECTS));
  const other = await own.run("plan", "digits.yaml", "--locked", "--executor", "podman");
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("error[lock-differs]") });
});

test("a plan's keys hold the image: another one compiles anew", async () => {
  const [own] = project();
  const compileKey = async () => {
    const planned = await own.run("plan", "digits.yaml", "--executor", "podman", "--json");
    const { steps } = JSON.parse(planned.stdout) as { steps: { id: string; key: string }[] };
    return steps.find(({ id }) => id === "compile ipu-mk2 poplar/float32")?.key;
  };
  const first = await compileKey();
  own.write("fettle.yaml", own.read("fettle.yaml").replace("b".repeat(64), "d".repeat(64)));
  expect(await compileKey()).toBe(first);
  own.write("digits.yaml", own.read("digits.yaml").replace("a".repeat(64), "d".repeat(64)));
  expect(await compileKey()).not.toBe(first);
});

test("the commands about images and doctor take it in with --recipe", async () => {
  const [own, engine] = project();
  const listed = async (...flags: string[]) => {
    const { images } = JSON.parse((await own.run("images", "list", "--engine", "podman", "--json", ...flags)).stdout) as Listed;
    return images.find(({ name }) => name === "poplar")?.base;
  };
  expect(await listed()).toBe(PROJECTS);
  expect(await listed("--recipe", "digits.yaml")).toBe(RECIPES);
  const built = await own.run("images", "build", "poplar", "--engine", "podman", "--recipe", "digits.yaml");
  expect(built).toMatchObject({ code: 0, stdout: expect.stringContaining("poplar") });
  expect(engine.calls().some((call) => call.includes("pull") && call.includes(RECIPES))).toBe(true);
  const doctor = await own.run("doctor", "--recipe", "digits.yaml", "--json");
  const { findings } = JSON.parse(doctor.stdout) as DoctorReport;
  const podman = findings.find(({ name }) => name === "podman");
  expect(podman).toMatchObject({ mend: "fettle images build --engine podman --recipe digits.yaml", images: { here: ["poplar"] } });
  const faulty = await own.run("images", "list", "--recipe", "missing.yaml");
  expect(faulty).toMatchObject({ code: 2, stderr: expect.stringContaining("recipe-not-found") });
});

test("faults of the list stand where they are", async () => {
  const [tagged] = project("{ poplar: vendor.example/popart:3 }");
  const refused = await tagged.run("check", "digits.yaml");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("digits.yaml:15:19 error[invalid-value] `vendor.example/popart:3` does not name an image by its digest");
  const [stray] = project(`{ popart: "${RECIPES}" }`);
  const unlisted = (await stray.run("check", "digits.yaml")).stderr;
  expect(unlisted).toContain(
    "digits.yaml:15:11 error[unknown-toolchain] an image is named for `popart`, which no target of this recipe lists",
  );
  expect(unlisted).toContain("hint: did you mean `poplar`?");
});
