import { z } from "zod";
import { addFault, exactlyOne, exactlyOneMeta, outerCheck } from "./fault-check.ts";

const SOURCES = ["script", "files", "random"];
const DISTRIBUTIONS = ["uniform", "normal", "integers"];
export const DEFAULT_CALIBRATION = 32;
export const DEFAULT_VALIDATION = 64;

const globs = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const files = z.strictObject({
  calibration: globs.optional().meta({ description: "Paths or globs of .npz or .npy files to calibrate with; needed only for int8." }),
  validation: globs.meta({ description: "Paths or globs of .npz or .npy files to validate and measure with." }),
});

const range = z.tuple([z.number(), z.number()]);

const distribution = z
  .strictObject({
    uniform: range.optional().meta({ description: "[low, high]: uniform from low to high." }),
    normal: range.optional().meta({ description: "[mean, deviation]: the normal distribution." }),
    integers: z.tuple([z.int(), z.int()]).optional().meta({ description: "[low, high]: integers from low to high - 1." }),
  })
  .check(exactlyOne(DISTRIBUTIONS, "how the input is drawn"))
  .check((context) => {
    const { uniform, normal, integers } = context.value;
    for (const [key, pair] of Object.entries({ uniform, integers })) {
      if (pair === undefined || pair[0] < pair[1]) continue;
      addFault(context.issues, pair, {
        code: "invalid-value",
        message: `\`${key}\` from ${pair[0]} to ${pair[1]} holds nothing`,
        expected: "[low, high] with low below high",
        key,
      });
    }
    if (normal !== undefined && normal[1] <= 0) {
      addFault(context.issues, normal, {
        code: "invalid-value",
        message: "a deviation must be above 0",
        expected: "[mean, deviation]",
        key: "normal",
      });
    }
  })
  .meta({ ...exactlyOneMeta(DISTRIBUTIONS), examples: [{ normal: [0, 1] }, { uniform: [-1, 1] }, { integers: [0, 1000] }] });

const random = z.strictObject({
  inputs: z
    .record(z.string(), distribution)
    .meta({ description: "Input name -> how it is drawn: exactly one of `uniform`, `normal`, `integers`." }),
});

/** The `data:` block. */
export const dataSchema = z
  .strictObject({
    script: z.string().min(1).optional().meta({
      description: "A Python script with `samples(request)`, run in the sandbox without network; relative to the recipe's folder.",
    }),
    requirements: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "A requirements file with a hash on every entry, for the script; without it the script has numpy and Pillow." }),
    files: files.optional().meta({ description: "Files that hold the data: .npz or .npy, with a leading sample axis." }),
    random: random.optional().meta({ description: "Random numbers from a seed: enough to prove agreement, not quality." }),
    calibration: z
      .int()
      .min(0)
      .optional()
      .meta({
        description: `Samples to calibrate with: ${DEFAULT_CALIBRATION} if not said; for \`files\` the most to take (all if not said).`,
      }),
    validation: z
      .int()
      .min(1)
      .optional()
      .meta({
        description: `Samples to validate and measure with: ${DEFAULT_VALIDATION} if not said; for \`files\` the most to take (all if not said).`,
      }),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0)
      .meta({ description: "Seed of the script's and of the random data." }),
  })
  .check(exactlyOne(SOURCES, "where the data comes from"))
  .check(
    outerCheck<Readonly<Record<string, unknown>>>((context) => {
      const { requirements, script } = context.value;
      if (requirements === undefined || script !== undefined || SOURCES.every((key) => context.value[key] === undefined)) return;
      addFault(context.issues, context.value, {
        code: "invalid-value",
        message: "`requirements` goes with `script` only",
        key: "requirements",
      });
    }),
  )
  .meta({
    description: "The samples to calibrate, validate and measure with: exactly one of `script`, `files` and `random`.",
    ...exactlyOneMeta(SOURCES),
  });
