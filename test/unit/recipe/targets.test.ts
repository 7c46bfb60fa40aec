import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Host } from "../../../src/domain/host.ts";
import type { Target } from "../../../src/domain/target.ts";
import { loadTargets } from "../../../src/recipe/targets/load-targets.ts";
import { readRunner } from "../../../src/recipe/targets/read-runner.ts";
import { resolveTarget } from "../../../src/recipe/targets/resolve-target.ts";
import { formatDiagnostics } from "../../../src/report/diagnostics.ts";
import { createTheme } from "../../../src/report/theme.ts";
import { HOST, recipeFolder } from "../../rig/recipe-folder.ts";

const ARM: Host = { ...HOST, architecture: "aarch64", cpuFeatures: ["fp", "asimd"], cpuLevel: "aarch64" };
const plain = createTheme({ colour: false, unicode: true, width: 120 });

function shown(target: Target): string {
  const { name, device, architecture } = target;
  return device === "cpu" ? `${name}: ${architecture}, ${target.cpu}` : `${name}: ${device} ${target.vendor} ${architecture}`;
}

function featuresOf(target: Target | undefined): readonly string[] {
  return target?.device === "cpu" ? target.features : [];
}

test("the built-in targets: CPUs, and accelerators each with a maker's name for it", async () => {
  const { targets, faults } = await loadTargets({ host: HOST });
  const all = [...targets.values()];
  expect(all.filter(({ device }) => device === "cpu").map(shown)).toEqual([
    "cpu-arm64-cortex-a76: aarch64, cortex-a76",
    "cpu-arm64-neoverse-n1: aarch64, neoverse-n1",
    "cpu-arm64: aarch64, generic",
    "cpu-x64-native: x86-64, x86-64-v2",
    "cpu-x64-v2: x86-64, x86-64-v2",
    "cpu-x64-v3: x86-64, x86-64-v3",
    "cpu-x64-v4: x86-64, x86-64-v4",
    "cpu-x64: x86-64, x86-64",
  ]);
  expect(all.map(shown)).toEqual(
    expect.arrayContaining([
      "cuda-a100: gpu nvidia sm_80",
      "ipu-mk2: ipu graphcore ipu2",
      "rocm-mi300x: gpu amd gfx942",
      "rtx-ada: gpu nvidia sm_89",
      "rtx-blackwell: gpu nvidia sm_120",
      "rtx-turing: gpu nvidia sm_75",
      "tpu-v5e: tpu google v5e",
      "vulkan: gpu any ampere",
    ]),
  );
  expect(faults.size).toBe(0);
});

test("each x86-64 level has what the one below it has", async () => {
  const { targets } = await loadTargets({ host: HOST });
  const levels = ["cpu-x64", "cpu-x64-v2", "cpu-x64-v3", "cpu-x64-v4"].map((name) => featuresOf(targets.get(name)));
  levels.slice(1).forEach((features, index) => {
    expect(features).toEqual(expect.arrayContaining([...(levels[index] ?? [])]));
    expect(features.length).toBeGreaterThan(levels[index]?.length ?? 0);
  });
});

test("native is this host's level and features", async () => {
  const { targets } = await loadTargets({ host: { ...HOST, cpuFeatures: ["sse2", "avx2"], cpuLevel: "x86-64-v3" } });
  expect(targets.get("cpu-x64-native")).toMatchObject({ cpu: "x86-64-v3", features: ["avx2", "sse2"] });
});

test("native on another architecture is a fault only of a recipe that names it", async () => {
  const { targets, faults } = await loadTargets({ host: ARM });
  expect([...targets.keys()]).not.toContain("cpu-x64-native");
  const message = "`cpu-x64-native` stands for this machine's own CPU, but it is x86-64 and this machine is aarch64";
  expect(faults.get("cpu-x64-native")).toMatchObject([{ code: "target-invalid", message, hint: "name a target with a fixed CPU" }]);
});

const RECIPE = `recipe: 1
name: digits
model: { from: { pypi: models==1.0, file: m.onnx }, sha256: ${"ab".repeat(32)} }
data: { random: { inputs: { x: { normal: [0, 1] } } } }
targets: { mine: { toolchains: [anvil] } }
`;

test("targets beside the recipe are found, replace built-in ones, and their faults show where they are", async () => {
  const mine = "target: 1\ntitle: Mine\narchitecture: aarch64\ncpu: cortex-a53\nfeatures: [fp, asimd]\n";
  const folder = await recipeFolder({ "targets/mine.yaml": mine, "targets/cpu-x64.yaml": mine });
  expect(await folder.check(RECIPE)).toBe("no errors\n");
  const { targets } = await loadTargets({ host: HOST, recipeFile: "recipe.yaml", cwd: folder.path });
  expect(targets.get("mine")).toEqual({
    name: "mine",
    title: "Mine",
    device: "cpu",
    architecture: "aarch64",
    cpu: "cortex-a53",
    features: ["asimd", "fp"],
    system: { libc: "glibc", version: "2.28" },
  });
  expect(targets.get("cpu-x64")?.title).toBe("Mine");
  await folder.write("targets/mine.yaml", mine.replace("aarch64", "arm64").replace("features", "featuers"));
  expect(await folder.check(RECIPE)).toMatchInlineSnapshot(`
    "targets/mine.yaml:3:15 error[invalid-value] \`architecture\` cannot be \`arm64\`
      1 | target: 1
      2 | title: Mine
      3 | architecture: arm64
        |               ^^^^^
      expected: one of \`x86-64\`, \`aarch64\`

    targets/mine.yaml:5:1 error[unknown-key] the target has no key \`featuers\`
      3 | architecture: arm64
      4 | cpu: cortex-a53
      5 | featuers: [fp, asimd]
        | ^^^^^^^^
      expected: one of \`target\`, \`title\`, \`runner\`, \`device\`, \`architecture\`, \`cpu\`, \`features\`, \`system\`
      hint: did you mean \`features\`?

    2 errors
    "
  `);
});

test("what a target file needs", async () => {
  const said = async (text: string) => {
    const folder = await recipeFolder({ "t.yaml": text });
    const result = await resolveTarget("t.yaml", HOST, folder.path);
    return result.ok ? "" : `${formatDiagnostics(result.error, plain)}\n`;
  };
  const head = "target: 1\ntitle: T\narchitecture: x86-64\n";
  expect(await said(`${head}cpu: native\nfeatures: [avx]\n`)).toMatchInlineSnapshot(`
    "t.yaml:5:11 error[invalid-value] \`features\` of a native target come from the machine
      3 | architecture: x86-64
      4 | cpu: native
      5 | features: [avx]
        |           ^^^^^
      hint: leave \`features\` out
    "
  `);
  expect(await said(`${head}cpu: x86-64\n`)).toMatchInlineSnapshot(`
    "t.yaml:1:1 error[missing-key] the target needs the key \`features\`
      1 | target: 1
        | ^^^^^^
      expected: the CPU flags an artifact may rely on
    "
  `);
  expect(await said(`${head}cpu: x86-64\nfeatures: [AVX]\nsystem: { version: 2.28 }\n`)).toMatchInlineSnapshot(`
    "t.yaml:5:12 error[invalid-value] \`features[0]\` cannot be \`AVX\`
      3 | architecture: x86-64
      4 | cpu: x86-64
      5 | features: [AVX]
        |            ^^^
      expected: A flag as /proc/cpuinfo names it: lower case, digits, \`_\`.

    t.yaml:6:20 error[wrong-type] \`system.version\` is \`2.28\`
      4 | cpu: x86-64
      5 | features: [AVX]
      6 | system: { version: 2.28 }
        |                    ^^^^
      expected: text
      hint: put it in quotes: \`"2.28"\`
    "
  `);
});

test("what an accelerator's file says, and what is wrong with one", async () => {
  const folder = await recipeFolder({
    "t.yaml":
      "target: 1\ntitle: T\ndevice: gpu\nvendor: nvidia\narchitecture: sm_89\napi: cuda\nmemory: 6 GiB\nneeds: { nodes: [/dev/nvidiactl] }\n",
  });
  expect(await resolveTarget("t.yaml", HOST, folder.path)).toEqual({
    ok: true,
    value: {
      ...{ name: "t", title: "T", device: "gpu", vendor: "nvidia", architecture: "sm_89", api: "cuda", host: "x86-64" },
      memoryBytes: 6 * 2 ** 30,
      needs: { cdi: null, nodes: ["/dev/nvidiactl"] },
    },
  });
  await folder.write("t.yaml", "target: 1\ntitle: T\ndevice: gpuu\n");
  expect(await faultsOf(folder.path)).toMatchInlineSnapshot(`
    "t.yaml:3:9 error[invalid-value] \`device\` cannot be \`gpuu\`
      1 | target: 1
      2 | title: T
      3 | device: gpuu
        |         ^^^^
      expected: one of \`cpu\`, \`gpu\`, \`ipu\`, \`tpu\`, \`npu\`, \`accelerator\`
      hint: did you mean \`gpu\`?
    "
  `);
  await folder.write(
    "t.yaml",
    "target: 1\ntitle: T\ndevice: gpu\nvendor: nvidia\narchitecture: ada\napi: cuda\nmemory: 6\ncpu: native\nneeds: { nodes: [nvidia0] }\n",
  );
  expect(await faultsOf(folder.path)).toMatchInlineSnapshot(`
    "t.yaml:7:9 error[missing-unit] \`6\` has no unit
      5 | architecture: ada
      6 | api: cuda
      7 | memory: 6
        |         ^
      expected: a size with its unit: \`24 GiB\`, \`900 MB\`
      hint: write \`6 GiB\`

    t.yaml:9:18 error[invalid-value] \`nvidia0\` is no device node
      7 | memory: 6
      8 | cpu: native
      9 | needs: { nodes: [nvidia0] }
        |                  ^^^^^^^
      expected: an absolute path below /dev

    t.yaml:8:1 error[unknown-key] the target has no key \`cpu\`
      6 | api: cuda
      7 | memory: 6
      8 | cpu: native
        | ^^^
      expected: one of \`target\`, \`title\`, \`runner\`, \`device\`, \`vendor\`, \`architecture\`, \`host\`, \`memory\`, \`needs\`, \`unserved\`, \`api\`
    "
  `);
  await folder.write("t.yaml", "target: 1\ntitle: T\ndevice: tpu\nvendor: google\narchitecture: v5e\ntopology: big\n");
  expect(await faultsOf(folder.path)).toMatchInlineSnapshot(`
    "t.yaml:6:11 error[invalid-value] \`topology\` cannot be \`big\`
      4 | vendor: google
      5 | architecture: v5e
      6 | topology: big
        |           ^^^
      expected: Shape of the slice, as jax names it.
    "
  `);
});

async function faultsOf(folder: string): Promise<string> {
  const result = await resolveTarget("t.yaml", HOST, folder);
  return result.ok ? "" : `${formatDiagnostics(result.error, plain)}\n`;
}

test("the generated schemas are those in schemas/", async () => {
  const { recipeJsonSchema, targetJsonSchema } = await import("../../../src/recipe/schema/json-schema.ts");
  const { listBuiltinTargets } = await import("../../../src/recipe/targets/load-targets.ts");
  const { builtinToolchains } = await import("../../../src/toolchains/builtin.ts");
  const written = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(new URL(`../../../schemas/${name}`, import.meta.url), "utf8"));
  const known = { toolchains: builtinToolchains, targets: await listBuiltinTargets() };
  expect(await written("recipe.schema.json")).toEqual(JSON.parse(JSON.stringify(recipeJsonSchema(known))));
  expect(await written("target.schema.json")).toEqual(JSON.parse(JSON.stringify(targetJsonSchema())));
});

test("runner labels are read from the file, change no target, and hold nothing a shell would read something into", async () => {
  const text = "target: 1\ntitle: T\narchitecture: aarch64\ncpu: generic\nfeatures: []\n";
  const folder = await recipeFolder({ "plain.yaml": text, "named.yaml": `${text}runner: [self-hosted, gpu:ada]\n` });
  expect(await readRunner("plain.yaml", folder.path)).toBeNull();
  expect(await readRunner("named.yaml", folder.path)).toEqual(["self-hosted", "gpu:ada"]);
  const [plain, named] = await Promise.all(["plain.yaml", "named.yaml"].map((file) => resolveTarget(file, HOST, folder.path)));
  expect(named?.ok && { ...named.value, name: "" }).toEqual(plain?.ok && { ...plain.value, name: "" });
  await folder.write("t.yaml", `${text}runner: ["$(reboot)"]\n`);
  expect(await resolveTarget("t.yaml", HOST, folder.path)).toMatchObject({ ok: false, error: [{ code: "invalid-value" }] });
});
