import { z } from "zod";
import type { JsonObject } from "../domain/json.ts";
import { MATRIX_SCHEMA, type Matrix } from "../domain/matrix.ts";
import { PROOF_LEVELS } from "../domain/proof.ts";
import { recipeSourceSchema } from "./recipe-source-schema.ts";

const toolchain = z.object({
  name: z.string(),
  candidates: z.array(z.string()).describe("Ids of the candidates the job makes with it."),
  untried: z.array(z.object({ id: z.string(), why: z.string() })).describe("Combinations that the recipe asks for and it does not serve."),
});

const job = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/)
    .describe("Unique in the matrix; fit for the id of a job, an artifact and a folder."),
  recipe: z.string().describe("The recipe's name."),
  target: z.string(),
  require: z.enum(PROOF_LEVELS).describe("How far the recipe wants the artifact proven."),
  optional: z.literal(true).exactOptional().describe("That its target cannot be built for on the runner does not fail it."),
  source: recipeSourceSchema,
  runner: z.array(z.string()).describe("Labels of the runner the job needs."),
  arguments: z.array(z.string()).describe("Words after `fettle`."),
  toolchains: z.array(toolchain).exactOptional().describe("What the job tries, with `--by toolchain`."),
});

const unavailable = z.object({
  recipe: z.string().describe("The recipe's name."),
  target: z.string(),
  require: z.enum(PROOF_LEVELS).describe("How far the recipe wants the artifact proven."),
  source: recipeSourceSchema,
  why: z.string().describe("What is not installed, and what would bring it."),
});

/** The document of `fettle matrix --format json`. */
export const matrixSchema: z.ZodType<Matrix> = z
  .object({
    schema: z.literal(MATRIX_SCHEMA),
    jobs: z.array(job).describe("One for each target of each recipe."),
    unavailable: z.array(unavailable).exactOptional().describe("Optional targets that nothing describes where the matrix was printed."),
  })
  .meta({ title: "Fettle matrix", description: "What `fettle matrix --format json` prints." });

/** The document of `fettle matrix --format github`: the same jobs, as `strategy.matrix` takes them. */
export const githubMatrixSchema = z.object({ include: z.array(job) });

/** JSON Schema (draft 2020-12) of the matrix, published as schemas/matrix.schema.json. */
export function matrixJsonSchema(): JsonObject {
  return z.toJSONSchema(matrixSchema) as JsonObject;
}
