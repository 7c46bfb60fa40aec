import type { Accelerator } from "./accelerator.ts";
import type { Host } from "./host.ts";
import type { AcceleratorTarget, CpuTarget, Target } from "./target.ts";
import type { CandidateQuery, RunSupport, Toolchain } from "./toolchain.ts";

/** Whether and how a host can run what a toolchain makes for a target: on the hardware itself, by an emulator, or not and why. */
export function wayToRun(host: Host, toolchain: Toolchain, query: CandidateQuery): RunSupport {
  const support = toolchain.canRun(query, host);
  const lacking = whyNotThisHost(host, query.target);
  if (lacking === null || isEmulated(support)) return support;
  return { yes: false, why: support.yes ? lacking : `${lacking}; ${support.why}` };
}

function isEmulated(support: RunSupport): boolean {
  return support.yes && "how" in support;
}

/** The program that runs it in the hardware's place; null where it runs on the hardware, or not at all. */
export function emulatorOf(support: RunSupport): string | null {
  return support.yes && "how" in support ? support.by : null;
}

/** Why a host is not such hardware; null when it is. */
export function whyNotThisHost(host: Host, target: Target): string | null {
  return target.device === "cpu" ? whyNotThisCpu(host, target) : whyNoSuchDevice(host, target);
}

function whyNotThisCpu(host: Host, target: CpuTarget): string | null {
  if (target.architecture !== host.architecture) return `this host is ${host.architecture}, the target is ${target.architecture}`;
  const missing = target.features.filter((feature) => !host.cpuFeatures.includes(feature));
  return missing.length > 0 ? `this host's CPU lacks ${missing.join(", ")}` : null;
}

function whyNoSuchDevice(host: Host, target: AcceleratorTarget): string | null {
  if (findAccelerator(host, target) !== null) {
    return target.host === host.architecture ? null : `this host is ${host.architecture}, the target's is ${target.host}`;
  }
  const wanted = describe(target);
  const alike = host.accelerators.filter(({ device }) => device === target.device);
  if (alike.length > 0) return `this host has no ${wanted}; it has ${alike.map(shown).join(", ")}`;
  return [`this host has no ${wanted}`, ...host.acceleratorNotes.filter((note) => concerns(note, target))].join(": ");
}

function concerns(note: string, { device, vendor }: AcceleratorTarget): boolean {
  return note.toLowerCase().includes(vendor) || note.toLowerCase().includes(`${device} `);
}

/** `NVIDIA GPU sm_89`. */
function describe(target: AcceleratorTarget): string {
  const { device, vendor, architecture } = target;
  const kind = device === "accelerator" ? device : device.toUpperCase();
  if (isVulkan(target)) return vendor === "any" ? `${kind} with Vulkan` : `${vendorName(vendor)} ${kind} with Vulkan`;
  return `${vendor === "any" ? "" : `${vendorName(vendor)} `}${kind} ${architecture}`;
}

/** How a vendor writes itself: `NVIDIA`, `Graphcore`. */
function vendorName(vendor: string): string {
  return ACRONYMS.has(vendor) ? vendor.toUpperCase() : vendor.charAt(0).toUpperCase() + vendor.slice(1);
}

const ACRONYMS: ReadonlySet<string> = new Set(["nvidia", "amd", "aws"]);

function isVulkan(target: AcceleratorTarget): boolean {
  return target.device === "gpu" && target.api === "vulkan";
}

function shown({ name, architecture }: Accelerator): string {
  return `${name} (${architecture ?? "architecture unknown"})`;
}

/**
 * The first accelerator of a host that is what a target describes; null without one. A Vulkan target names a set of abilities
 * and no chip, so any GPU of its vendor will do for it: whether that has them is the toolchain's `canRun` to say.
 */
export function findAccelerator(host: Host, target: AcceleratorTarget): Accelerator | null {
  return (
    host.accelerators.find(
      ({ device, vendor, architecture }) =>
        device === target.device &&
        (target.vendor === "any" || target.vendor === vendor) &&
        (isVulkan(target) || architecture === target.architecture),
    ) ?? null
  );
}
