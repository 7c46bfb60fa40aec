import { z } from "zod";
import { addFault } from "../schema/fault-check.ts";

/** C library that artifacts for a target are linked for where its file does not say: that of RHEL 8 and manylinux_2_28. */
const DEFAULT_GLIBC = "2.28";

const system = z.strictObject({
  libc: z.literal("glibc").default("glibc"),
  version: z
    .string()
    .regex(/^\d+\.\d+$/)
    .meta({ description: 'Oldest glibc the target has, as text: "2.28".' }),
});

/** A target file as it is written. The one source of both the checks and schemas/target.schema.json. */
export const targetSchema = z
  .strictObject({
    target: z.literal(1).meta({ description: "Version of the target format." }),
    title: z.string().min(1).meta({ description: "What the hardware is, in a few words." }),
    device: z.literal("cpu").default("cpu").meta({ description: "Kind of device." }),
    architecture: z.enum(["x86-64", "aarch64"]).meta({ description: "Instruction set." }),
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
  })
  .meta({ title: "Fettle target", description: "A kind of hardware to produce artifacts for. Its name is the file's." });

export type TargetForm = z.output<typeof targetSchema>;
