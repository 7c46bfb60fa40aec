import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { probeHost } from "../../src/devices/probe-host.ts";
import type { Accelerator } from "../../src/domain/accelerator.ts";
import type { Host } from "../../src/domain/host.ts";
import type { Toolchain } from "../../src/domain/toolchain.ts";
import { poplar } from "../../src/toolchains/poplar/index.ts";
import { tensorrt } from "../../src/toolchains/tensorrt/index.ts";
import { inRepository } from "./repository.ts";
import { scratchFolder } from "./scratch.ts";

const STAND_INS = inRepository("test/python/stand_ins");

/** The poplar worker with stand-ins for PopART and PopRT beside it, whose numbers are ONNX Runtime's. */
export function poplarOverStandIns(): Toolchain {
  return overStandIns(poplar, { packages: "onnxruntime", mainPackage: "onnxruntime", standIns: [STAND_INS] });
}

/** The tensorrt worker over TensorRT for RTX under its name, and a stand-in for a GPU and its driver. */
export function tensorrtOverRtx(): Toolchain {
  const standIns = ["cuda", "tensorrt_over_rtx"].map((name) => join(STAND_INS, name));
  return overStandIns(tensorrt, { packages: "tensorrt-rtx", mainPackage: "tensorrt-rtx-cu13-libs", standIns });
}

interface StandIns {
  /** The folder of `containers/` whose lock has the packages that the stand-ins need. */
  readonly packages: string;
  readonly mainPackage: string;
  /** Folders of Python. */
  readonly standIns: readonly string[];
}

/** A toolchain that runs in its maker's image, made to run in a locked environment in which stand-ins take the place of what the maker has. */
function overStandIns({ makerImage: _, ...toolchain }: Toolchain, { packages, mainPackage, standIns }: StandIns): Toolchain {
  const directory = join(scratchFolder("stand-ins"), toolchain.name);
  const library = join(scratchFolder("stand-ins"), "library");
  mkdirSync(library);
  cpSync(toolchain.directory, directory, { recursive: true });
  cpSync(inRepository(`containers/${packages}/requirements.lock`), join(directory, "requirements.lock"));
  for (const folder of [...(toolchain.library === undefined ? [] : [toolchain.library]), ...standIns])
    cpSync(folder, library, { recursive: true });
  return { ...toolchain, directory, library, mainPackage };
}

/** This machine with an IPU that the stand-ins are. */
export async function hostWithIpu(): Promise<Host> {
  const ipu = {
    device: "ipu",
    vendor: "graphcore",
    name: "a stand-in",
    architecture: "ipu2",
    variables: { FETTLE_LEASED_IPU: "0" },
  } as const;
  return await hostWith({ id: "ipu:stand-in", memoryBytes: null, driver: null, grants: [], ...ipu });
}

/** This machine with a GPU that the stand-ins are. */
export async function hostWithGpu(): Promise<Host> {
  const gpu = { device: "gpu", vendor: "nvidia", name: "a stand-in", architecture: "sm_89", variables: { CAPABILITY: "8.9" } } as const;
  return await hostWith({ id: "gpu:stand-in", memoryBytes: null, driver: "580.65.06", grants: [], ...gpu });
}

async function hostWith(accelerator: Accelerator): Promise<Host> {
  return { ...(await probeHost()), accelerators: [accelerator] };
}
