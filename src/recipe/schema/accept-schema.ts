import { z } from "zod";
import { parseDuration, parseMetricBudget, parsePercent } from "../quantities.ts";
import { parsed } from "./fault-check.ts";

const duration = parsed(parseDuration, {
  description: "A length of time with its unit.",
  pattern: "^\\s*[0-9]*\\.?[0-9]+\\s*(ns|us|µs|ms|s|min|h)\\s*$",
  examples: ["60 ms", "1.5 s"],
});

const tolerance = z.strictObject({
  atol: z.number().min(0).meta({ description: "An element agrees when |out - ref| <= atol + rtol * |ref|." }),
  rtol: z
    .number()
    .min(0)
    .meta({ description: "The part of the tolerance that grows with the element: |out - ref| <= atol + rtol * |ref|." }),
  mismatch: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .meta({ description: "Largest share (0 to 1) of elements that may be outside atol + rtol * |ref|." }),
  relL2: z.number().min(0).optional().meta({ description: "Upper limit of ||out - ref|| / ||ref||." }),
  cosine: z.number().min(-1).max(1).optional().meta({ description: "Lower limit of the cosine of output and reference." }),
});

const metric = z.strictObject({
  script: z
    .string()
    .min(1)
    .meta({ description: "A Python script with `score(outputs, reference, labels, context)`: one number per sample, higher is better." }),
  requirements: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "A requirements file with a hash on every entry; without it the script has numpy and Pillow." }),
  keep: parsed(parseMetricBudget, {
    description:
      "What the metric must keep: a share of the reference's mean score, or points (hundredths of a score between 0 and 1) below it.",
    pattern: "^\\s*[0-9]*\\.?[0-9]+\\s*(pp|%\\s*of\\s*reference)\\s*$",
    examples: ["99.5 % of reference", "0.5 pp"],
  }),
});

/** The `accept:` block. */
export const acceptSchema = z
  .strictObject({
    outputs: z
      .union([z.literal("auto"), tolerance])
      .default("auto")
      .meta({ description: "How far outputs may stray from the reference. `auto`: by the precision that was executed." }),
    metric: metric.optional().meta({ description: "A quality metric of yours that must not suffer." }),
    latency: z
      .strictObject({ p50: duration.optional(), p90: duration.optional(), p95: duration.optional(), p99: duration.optional() })
      .prefault({})
      .meta({ description: "Upper limits of one inference's wall time, by percentile.", examples: [{ p99: "60 ms" }] }),
  })
  .meta({ description: "What an artifact must meet to be accepted." });

/** The `measure:` block. */
export const measureSchema = z
  .strictObject({
    threads: z.int().min(1).max(1024).default(1).meta({ description: "Threads of candidate and baseline alike." }),
    margin: parsed(parsePercent, {
      description: "A speed ratio within 1 +- margin counts as no difference.",
      pattern: "^\\s*[0-9]*\\.?[0-9]+\\s*%\\s*$",
      examples: ["3 %"],
    }).prefault("3 %"),
  })
  .meta({ description: "How speed is measured." });
