import { basename } from "node:path";
import type { z } from "zod";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Host } from "../../domain/host.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { Target } from "../../domain/target.ts";
import { checkStructure } from "../checks/check-structure.ts";
import { parseDocument } from "../document/parse-document.ts";
import { readSource } from "../document/read-source.ts";
import type { YamlDocument } from "../document/yaml-document.ts";
import type { Fault } from "../fault.ts";
import { type CpuForm, deviceForm, TARGET_FORMS, type TargetForm } from "./target-schema.ts";

/**
 * Reads a target file; the target's name is the file's. `cpu: native` becomes the host's level and features; on a host of
 * another architecture that is a `target-invalid`. Other faults keep the codes that recipes have.
 */
export async function resolveTarget(file: string, host: Host, cwd = process.cwd()): Promise<Result<Target, readonly Diagnostic[]>> {
  const read = await readTargetForm(file, cwd);
  if (!read.ok) return read;
  const { form, document } = read.value;
  const name = basename(file).replace(/\.ya?ml$/, "");
  if (form.device !== "cpu") return ok(acceleratorTarget(name, form));
  return form.cpu === "native" ? nativeTarget(name, { form, document, host }) : ok(cpuTarget(name, form));
}

/** A target file as it is written, checked; nothing in it is resolved yet. */
export async function readTargetForm(file: string, cwd: string): Promise<Result<WrittenTarget, readonly Diagnostic[]>> {
  const source = await readSource(file, cwd);
  if (!source.ok) return err([source.error]);
  const parsed = parseDocument(source.value);
  if (!parsed.ok) return parsed;
  const { document, diagnostics } = parsed.value;
  const { form, faults } = checkForm(document);
  const all = [...diagnostics, ...faults.map((fault) => document.place(fault))];
  return form === null || all.length > 0 ? err(all) : ok({ form, document });
}

export interface WrittenTarget {
  readonly form: TargetForm;
  readonly document: YamlDocument;
}

// One form at a time, so that a fault names the keys of this kind of device and no others.
function checkForm(document: YamlDocument): { readonly form: TargetForm | null; readonly faults: readonly Fault[] } {
  const kind = checkStructure(deviceForm, document, "the target");
  if (kind.form === null) return { form: null, faults: kind.faults };
  return checkStructure<z.ZodType<TargetForm>>(TARGET_FORMS[kind.form.device], document, "the target");
}

function cpuTarget(name: string, { title, device, architecture, cpu, features, system }: CpuForm): Target {
  return { name, title, device, architecture, cpu, features: [...(features ?? [])].sort(), system };
}

function acceleratorTarget(name: string, form: Exclude<TargetForm, CpuForm>): Target {
  const { title, vendor, architecture, host, memory, needs, unserved } = form;
  const base = {
    name,
    title,
    vendor,
    architecture,
    host,
    memoryBytes: memory ?? null,
    needs: { cdi: needs.cdi ?? null, nodes: needs.nodes },
    ...(unserved !== undefined && { unserved }),
  };
  switch (form.device) {
    case "gpu":
      return { ...base, device: "gpu", api: form.api };
    case "ipu":
      return { ...base, device: "ipu", chips: form.chips };
    case "tpu":
      return { ...base, device: "tpu", topology: form.topology };
    case "npu":
      return { ...base, device: "npu", soc: form.soc ?? null };
    case "accelerator":
      return { ...base, device: "accelerator" };
  }
}

// LLVM has no CPU called aarch64; `generic` is its baseline there.
function nativeTarget(
  name: string,
  { form, document, host }: { form: CpuForm; document: YamlDocument; host: Host },
): Result<Target, readonly Diagnostic[]> {
  if (host.architecture !== form.architecture) {
    const machine = host.architecture === "other" ? "another architecture" : host.architecture;
    const message = `\`${name}\` stands for this machine's own CPU, but it is ${form.architecture} and this machine is ${machine}`;
    return err([document.place({ code: "target-invalid", path: ["cpu"], message, hint: "name a target with a fixed CPU" })]);
  }
  const cpu = host.architecture === "aarch64" ? "generic" : host.cpuLevel;
  return ok({ ...cpuTarget(name, form), cpu, features: host.cpuFeatures.filter(isInstructionSet).sort() });
}

/**
 * Flags of /proc/cpuinfo that name instructions a compiler may choose or an artifact may need. The rest (caches, virtual
 * machines, mitigations, clocks) say nothing about what code runs, and would tie an artifact to one machine for no reason.
 */
function isInstructionSet(flag: string): boolean {
  return INSTRUCTION_SETS.has(flag) || /^(avx|amx|sse|ssse|vaes|vpcl|gfni|asimd|sve|sme)/.test(flag);
}

const INSTRUCTION_SETS: ReadonlySet<string> = new Set(
  (
    "abm adx aes bf16 bmi1 bmi2 cmov crc32 cx16 cx8 f16c fma fp fphp fpu fxsr i8mm lahf_lm mmx movbe pclmulqdq pni popcnt " +
    "sha1 sha2 sha_ni syscall xsave"
  ).split(" "),
);
