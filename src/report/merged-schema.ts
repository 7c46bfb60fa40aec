import { z } from "zod";
import type { JsonObject } from "../domain/json.ts";
import { MERGED_SCHEMA, type MergedReport } from "../domain/merged-report.ts";
import { runReportSchema } from "./report-schema.ts";

const STATUSES = ["ok", "rejected", "failed", "refused", "interrupted"] as const;

const job = z.object({
  report: z.string().describe("Path of the file that was read."),
  status: z
    .enum([...STATUSES, "unreadable"])
    .describe("`refused`: its recipe or command line was wrong, and nothing was built; `unreadable`: cut short, or no report."),
  recipe: z.string().nullable(),
  targets: z.array(z.string()).describe("Targets it tells of."),
  seconds: z.number(),
  message: z.string().nullable().describe("Why nothing was built; null for a report."),
});

/** The document of `fettle report merge --json`. */
export const mergedReportSchema: z.ZodType<MergedReport> = z
  .object({
    schema: z.literal(MERGED_SCHEMA),
    status: z.enum(STATUSES).describe("The worst there is: interrupted, then refused, rejected, failed, ok."),
    seconds: z.number().describe("Of all jobs together."),
    recipes: z.array(runReportSchema).describe("One report for each recipe, as one build of all its targets would have given it."),
    jobs: z.array(job).describe("Each file that was read as a job's report."),
    notes: z.array(z.string()),
  })
  .meta({ title: "Fettle merged reports", description: "What `fettle report merge --json` prints." });

/** JSON Schema (draft 2020-12) of the document, published as schemas/reports.schema.json. */
export function mergedReportJsonSchema(): JsonObject {
  return z.toJSONSchema(mergedReportSchema) as JsonObject;
}
