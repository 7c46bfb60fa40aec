import { expect, test } from "vitest";
import type { Accelerator } from "../../../../src/domain/accelerator.ts";
import type { ProofLevel } from "../../../../src/domain/proof.ts";
import type { Toolchain } from "../../../../src/domain/toolchain.ts";
import { whyNotProvableHere } from "../../../../src/engine/proof/check-host.ts";
import type { OpenProof } from "../../../../src/engine/proof/open-proof.ts";
import { HOST, toyToolchain } from "../../../rig/recipe-folder.ts";

const GPU: Accelerator = {
  ...{ id: "gpu:1", device: "gpu", vendor: "acme", name: "Acme A1", architecture: "a1", memoryBytes: null, driver: "580.65.06" },
  grants: [],
  variables: {},
};

/** An artifact for Acme's GPU that needs a driver, as far as a host is held against it. */
function artifact(driver: string | null, proof: ProofLevel = "compiled"): OpenProof {
  const device = { device: "gpu", vendor: "acme", architectures: ["a1"], driver };
  const manifest = { fettle: "0.1.0", proof, requires: { architecture: "x86-64", cpuFeatures: [], packages: {}, device } };
  const target = { name: "a1", title: "A1", device: "gpu", vendor: "acme", architecture: "a1", api: "cuda", host: "x86-64" };
  const request = { target, candidate: { toolchain: "anvil", precision: "float32", options: {} } };
  return { directory: "/artifact", manifest, request } as unknown as OpenProof;
}

async function refusal(proof: OpenProof, gpu: Partial<Accelerator> | null, over: Partial<Toolchain> = {}): Promise<string | null> {
  const host = { ...HOST, accelerators: gpu === null ? [] : [{ ...GPU, ...gpu }] };
  const failure = await whyNotProvableHere(proof, host, new Map([["anvil", toyToolchain("anvil", over)]]));
  return failure?.message ?? null;
}

test("a driver that is new enough, one that is too old, and one that nobody can tell", async () => {
  expect(await refusal(artifact("580"), {})).toBeNull();
  expect(await refusal(artifact("580.65.06"), {})).toBeNull();
  expect(await refusal(artifact("590.1"), {})).toBe("It needs driver 590.1 or newer, and Acme A1 has 580.65.06.");
  // Numbers, not letters: 1000 is newer than 580.
  expect(await refusal(artifact("580"), { driver: "1000.1" })).toBeNull();
  expect(await refusal(artifact("580"), { driver: null })).toContain("nothing here says which driver Acme A1 has");
  expect(await refusal(artifact(null), { driver: null })).toBeNull();
});

test("no such device, another architecture, no such toolchain, nothing above what is proven", async () => {
  expect(await refusal(artifact(null), null)).toContain("this host has none");
  expect(await refusal(artifact(null), { architecture: "a2" })).toContain("built for a1");
  expect(await refusal(artifact(null, "measured"), {})).toContain("`measured` already");
  const failure = await whyNotProvableHere(artifact(null), { ...HOST, accelerators: [GPU] }, new Map());
  expect(failure).toMatchObject({ reason: "not-provable", hint: expect.stringContaining("fettle plugins install") });
});

test("what could only be emulated raises `compiled`, and nothing above", async () => {
  const emulates: Partial<Toolchain> = { canRun: () => ({ yes: true, how: "emulated", by: "a simulator" }) };
  expect(await refusal(artifact(null), {}, emulates)).toBeNull();
  expect(await refusal(artifact(null, "emulated"), {}, emulates)).toContain("could only emulate it");
});
