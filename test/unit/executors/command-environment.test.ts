import { expect, test } from "vitest";
import { commandEnvironment } from "../../../src/executors/sandbox/command-environment.ts";
import { command } from "../../rig/commands.ts";
import { pythonEnvironment } from "../../rig/python-environment.ts";

const INSIDE = { workspace: "/workspace", home: "/home/fettle", temporary: "/tmp" };

/** The environment of a worker in an image that sets these. */
function inImage(images: Record<string, string>, variables: Record<string, string> = { PYTHONPATH: "in/.protocol" }) {
  const environment = { ...pythonEnvironment(), root: "/opt/venv", variables: images };
  return commandEnvironment(command(["python"], { environment, variables }), INSIDE);
}

test("what an image sets is there, behind what Fettle puts first", () => {
  expect(
    inImage({
      PATH: "/opt/poplar/bin:/usr/bin",
      PYTHONPATH: "/opt/popart/python:/opt/poplar/python",
      LD_LIBRARY_PATH: "/opt/popart/lib",
      POPLAR_SDK_ENABLED: "/opt/poplar",
    }),
  ).toMatchObject({
    PATH: "/opt/venv/bin:/opt/poplar/bin:/usr/bin",
    PYTHONPATH: "/workspace/in/.protocol:/opt/popart/python:/opt/poplar/python",
    LD_LIBRARY_PATH: "/opt/popart/lib",
    POPLAR_SDK_ENABLED: "/opt/poplar",
  });
});

test("an image decides nothing that Fettle does: home, locale, pip, and the leased device", () => {
  const images = { HOME: "/root", LANG: "C", PIP_NO_INDEX: "0", PYTHONNOUSERSITE: "", CUDA_VISIBLE_DEVICES: "all" };
  expect(inImage(images, { CUDA_VISIBLE_DEVICES: "GPU-1" })).toMatchObject({
    ...{ HOME: "/home/fettle", LANG: "C.UTF-8", PIP_NO_INDEX: "1", PYTHONNOUSERSITE: "1", CUDA_VISIBLE_DEVICES: "GPU-1" },
  });
});

test("an empty entry does not put the workspace on Python's path, and without entries there is none", () => {
  expect(inImage({ PYTHONPATH: "/opt/sdk:" }).PYTHONPATH).toBe("/workspace/in/.protocol:/opt/sdk");
  expect(inImage({}, {})).not.toHaveProperty("PYTHONPATH");
  expect(inImage({}).PATH).toBe("/opt/venv/bin:/usr/local/bin:/usr/bin:/bin");
});
