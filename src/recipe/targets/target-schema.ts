import { z } from "zod";
import { GPU_APIS } from "../../domain/target.ts";
import { parseByteSize } from "../quantities.ts";
import { addFault, parsed, patternText } from "../schema/fault-check.ts";

/** C library that artifacts for a target are linked for where its file does not say: that of RHEL 8 and manylinux_2_28. */
const DEFAULT_GLIBC = "2.28";

const system = z.strictObject({
  libc: z.literal("glibc").default("glibc"),
  version: z
    .string()
    .regex(/^\d+\.\d+$/)
    .meta({ description: 'Oldest glibc the target has, as text: "2.28".' }),
});

const ARCHITECTURES = ["x86-64", "aarch64"] as const;

// A label reaches shells and YAML through CI systems, and no CI system needs more.
const label = patternText(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/, { description: "A label of a CI system's runner." }, (text) => ({
  code: "invalid-value",
  message: `\`${text}\` is no runner label`,
  expected: "letters, digits, `-`, `_`, `.` and `:`, starting with a letter or digit",
}));

/** What every target file begins with. */
const head = {
  target: z.literal(1).meta({ description: "Version of the target format." }),
  title: z.string().min(1).meta({ description: "What the hardware is, in a few words." }),
  runner: z
    .array(label)
    .min(1)
    .optional()
    .meta({
      description: "Labels of the CI runners that jobs for this target need; by default made from the device and its architecture.",
      examples: [["self-hosted", "linux", "x64", "gpu"]],
    }),
};

const cpuTarget = z
  .strictObject({
    ...head,
    device: z.literal("cpu").default("cpu").meta({ description: "Kind of device." }),
    architecture: z.enum(ARCHITECTURES).meta({ description: "Instruction set." }),
    cpu: z
      .string()
      .min(1)
      .meta({
        description: "The CPU to generate code for, by the name LLVM and GCC use, or `native` for the CPU of the machine that builds.",
        examples: ["x86-64-v3", "cortex-a76", "native"],
      }),
    features: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9_]+$/)
          .meta({ description: "A flag as /proc/cpuinfo names it: lower case, digits, `_`." }),
      )
      .optional()
      .meta({
        description:
          "CPU flags an artifact may rely on, as the `flags` or `Features` line of /proc/cpuinfo names them. Left out for `native`.",
      }),
    system: system.prefault({ version: DEFAULT_GLIBC }).meta({ description: "The C library that shared libraries are linked for." }),
  })
  .check((context) => {
    const { cpu, features } = context.value;
    if (cpu === "native" && features !== undefined) {
      addFault(context.issues, features, {
        code: "invalid-value",
        message: "`features` of a native target come from the machine",
        hint: "leave `features` out",
        key: "features",
      });
    }
    if (cpu !== "native" && features === undefined) {
      addFault(context.issues, context.value, {
        code: "missing-key",
        message: "the target needs the key `features`",
        expected: "the CPU flags an artifact may rely on",
      });
    }
  });

const WORD = /^[a-z0-9][a-z0-9_.-]*$/;
const node = patternText(/^\/dev\/[A-Za-z0-9/_.-]+$/, { description: "A device node, or a folder of them, below /dev." }, (text) => ({
  code: "invalid-value",
  message: `\`${text}\` is no device node`,
  expected: "an absolute path below /dev",
}));

/** What every accelerator's file says. */
const accelerator = {
  vendor: z
    .string()
    .regex(WORD)
    .meta({
      description: "Who makes it, in lower case; `any` where one artifact serves several makers' devices.",
      examples: ["nvidia", "amd"],
    }),
  architecture: z
    .string()
    .regex(WORD)
    .meta({ description: "Its architecture by the maker's own name.", examples: ["sm_89", "gfx942", "ipu2", "v5e", "v75"] }),
  host: z.enum(ARCHITECTURES).default("x86-64").meta({ description: "Instruction set of the CPU beside it, which loads the artifact." }),
  memory: parsed(parseByteSize, { description: "Memory that every such device has at least.", examples: ["24 GiB"] }).optional(),
  needs: z
    .strictObject({
      cdi: z
        .string()
        .regex(/^[a-z0-9.-]+\/[a-z0-9_-]+$/)
        .optional()
        .meta({ description: "Kind of device by the Container Device Interface, without `=` and a name.", examples: ["nvidia.com/gpu"] }),
      nodes: z.array(node).default([]).meta({ description: "Device nodes that all such devices share." }),
    })
    .prefault({})
    .meta({ description: "What a command needs to see of the machine, beside the chosen device itself." }),
  unserved: z
    .strictObject({
      compiler: z.string().min(1).meta({ description: "What the maker's compiler is, and where it is to be had." }),
      why: z.string().min(1).meta({ description: "Why no toolchain that comes with Fettle drives it." }),
      plugin: z.string().min(1).meta({ description: "What a plug-in that serves it would do." }),
    })
    .optional()
    .meta({ description: "Said of hardware that no toolchain at hand compiles for." }),
};

/** Architectures by maker, where the maker's names follow a pattern: a slip there would only show in a compiler's own words. */
const MAKERS: Readonly<Record<string, { readonly pattern: RegExp; readonly expected: string }>> = {
  nvidia: { pattern: /^sm_\d{2,3}[af]?$/, expected: "a compute capability such as `sm_89`" },
  amd: { pattern: /^gfx[0-9a-f]{3,4}$/, expected: "a name such as `gfx942`" },
};

const gpuTarget = z
  .strictObject({
    ...head,
    device: z.literal("gpu").meta({ description: "Kind of device." }),
    ...accelerator,
    api: z.enum(GPU_APIS).meta({ description: "How programs reach it." }),
  })
  .check((context) => {
    const { vendor, architecture } = context.value;
    const maker = MAKERS[vendor];
    if (maker === undefined || maker.pattern.test(architecture)) return;
    const message = `\`${architecture}\` is no architecture of ${vendor}'s`;
    addFault(context.issues, architecture, { code: "invalid-value", message, expected: maker.expected, key: "architecture" });
  });

const ipuTarget = z.strictObject({
  ...head,
  device: z.literal("ipu").meta({ description: "Kind of device." }),
  ...accelerator,
  chips: z.int().min(1).default(1).meta({ description: "Chips one artifact is spread over." }),
});

const tpuTarget = z.strictObject({
  ...head,
  device: z.literal("tpu").meta({ description: "Kind of device." }),
  ...accelerator,
  topology: z
    .string()
    .regex(/^\d+(x\d+){0,2}$/)
    .meta({ description: "Shape of the slice, as jax names it.", examples: ["1x1", "2x2"] }),
});

const npuTarget = z.strictObject({
  ...head,
  device: z.literal("npu").meta({ description: "Kind of device." }),
  ...accelerator,
  soc: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "The maker's number of the system on chip, where code depends on it.", examples: ["60"] }),
});

const otherTarget = z.strictObject({ ...head, device: z.literal("accelerator").meta({ description: "Kind of device." }), ...accelerator });

/** The form of each kind of target file, by its `device`. */
export const TARGET_FORMS = { cpu: cpuTarget, gpu: gpuTarget, ipu: ipuTarget, tpu: tpuTarget, npu: npuTarget, accelerator: otherTarget };
const DEVICES = Object.keys(TARGET_FORMS) as (keyof typeof TARGET_FORMS)[];

/** What is checked first: only a known `device` says which form the rest must have. */
export const deviceForm = z.looseObject({ device: z.enum(DEVICES).default("cpu") });

/** A target file as it is written: the source of schemas/target.schema.json; files are checked against the form of their `device` alone. */
export const targetSchema = z
  .union(Object.values(TARGET_FORMS))
  .meta({ title: "Fettle target", description: "A kind of hardware to produce artifacts for. Its name is the file's." });

export type TargetForm = z.output<typeof targetSchema>;
export type CpuForm = z.output<typeof cpuTarget>;
