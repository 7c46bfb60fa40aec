import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readModule } from "../../../src/toolchains/iree/read-module.ts";
import { inRepository } from "../../rig/repository.ts";
import { scratchFolder } from "../../rig/scratch.ts";

// Modules that iree-compile wrote; how is in the README beside them.
const module = (name: string) => inRepository(`test/fixtures/iree/${name}.vmfb`);

async function read(name: string) {
  const found = await readModule(module(name));
  if (!found.ok) return expect.fail(found.error.message);
  const [executable, ...others] = found.value.executables;
  expect(others).toEqual([]);
  return { asked: found.value.asked, executable };
}

test.each([
  ["x86-64-v3", "local", { format: "embedded-elf", architectures: ["x86-64"], needs: [] }],
  ["cortex-a76", "local", { format: "embedded-elf", architectures: ["aarch64"], needs: [] }],
  ["sm_89", "cuda", { format: "cuda-nvptx", architectures: ["sm_89"], needs: ["PTX 8.4"] }],
  ["gfx942", "hip", { format: "rocm-hsaco", architectures: ["gfx942"], needs: [] }],
  [
    "vulkan-ampere",
    "vulkan",
    { format: "vulkan-spirv", architectures: [], needs: ["Matrix", "SPIR-V 1.0", "SPV_KHR_storage_buffer_storage_class", "Shader"] },
  ],
])("what is in a module for %s", async (name, device, wanted) => {
  const { asked, executable } = await read(name);
  expect(asked.device).toBe(device);
  expect(executable).toMatchObject(wanted);
});

test("the target the compiler recorded; the last word on a feature counts", async () => {
  const { asked } = await read("cortex-a76");
  expect(asked).toMatchObject({ backend: "llvm-cpu", format: "embedded-elf-arm_64", cpu: "cortex-a76", architecture: null });
  expect(asked.cpuFeatures).toContain("dotprod");
  expect(asked.cpuFeatures).not.toContain("aes");
});

test("every cut of a module, and other bytes, are refused and never thrown", async () => {
  const whole = readFileSync(module("sm_89"));
  const path = join(scratchFolder("vmfb"), "cut.vmfb");
  for (let length = 0; length < whole.length; length += 97) {
    await writeFile(path, whole.subarray(0, length));
    expect(await readModule(path)).toMatchObject({ ok: false, error: { reason: "invalid-model" } });
  }
});

test("a list of files that names more than there is is refused before room is made for it", async () => {
  const bytes = Buffer.from(readFileSync(module("sm_89")));
  const entry = bytes.lastIndexOf(Buffer.from("PK\x01\x02", "latin1"));
  bytes.writeUInt32LE(0x7fffffff, entry + 24);
  const path = join(scratchFolder("vmfb"), "large.vmfb");
  await writeFile(path, bytes);
  expect(await readModule(path)).toMatchObject({ ok: false, error: { message: expect.stringContaining("ends too early") } });
});

test("a file that is not there", async () => {
  expect(await readModule("/nonexistent/model.vmfb")).toMatchObject({
    ok: false,
    error: { reason: "invalid-model", message: expect.stringContaining("ENOENT"), hint: expect.stringContaining(".vmfb") },
  });
});
