import { z } from "zod";
import { PRECISIONS } from "../../domain/precision.ts";
import { PROOF_LEVELS } from "../../domain/proof.ts";
import { acceptSchema, measureSchema } from "./accept-schema.ts";
import { dataSchema } from "./data-schema.ts";
import { addFault, outerCheck, patternText } from "./fault-check.ts";
import { makerImages } from "./images-schema.ts";
import { modelSchema } from "./model-schema.ts";

const name = patternText(
  /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/,
  { description: "The recipe's name: its artifacts go to dist/<name>.", examples: ["ocr-recogniser"] },
  (text) => ({
    code: "invalid-value",
    message: `\`${text}\` cannot name a folder everywhere`,
    expected: "up to 64 lower-case letters, digits, `-`, `.` and `_`, starting and ending with a letter or digit",
  }),
);

const precisionList = z
  .array(z.enum(PRECISIONS))
  .min(1)
  .check(
    outerCheck<string[]>((context) => {
      context.value.forEach((precision, index) => {
        const isRepeated = context.value.indexOf(precision) !== index && PRECISIONS.some((known) => known === precision);
        if (isRepeated)
          addFault(context.issues, precision, { code: "invalid-value", message: `\`${precision}\` is listed twice`, key: index });
      });
    }),
  );

const precisions = precisionList.default(["float32"]).meta({ description: "Precisions to make candidates in." });

/** A toolchain by its name, or a map of one name to options; which names and options exist, the toolchains themselves say. */
export const toolchainUse = z.union([z.string().min(1), z.record(z.string(), z.unknown())]);

const targetUse = z
  .strictObject({
    toolchains: z.array(toolchainUse).min(1).meta({ description: "Toolchains to try: a name, or `name: {options}`." }),
    require: z.enum(PROOF_LEVELS).default("measured").meta({ description: "How far the artifact must be proven." }),
    precision: precisionList
      .optional()
      .meta({ description: "Precisions to make candidates in for this target; by default those under `try`." }),
    optional: z.boolean().default(false).meta({
      description:
        "Whether a machine that cannot build for this target may leave it out: what is not installed is reported as unavailable, and does not fail the build. What was built and rejected does.",
    }),
  })
  .meta({ id: "targetUse", description: "What to try for one target." });

export const targetUses = z
  .record(z.string(), targetUse)
  .check((context) => {
    const uses = Object.values(context.value);
    if (uses.some(({ optional }) => !optional)) return;
    const fault =
      uses.length === 0
        ? { message: "no target is named", expected: "at least one target" }
        : { message: "every target is optional, so a build that makes nothing would succeed", expected: "at least one target that is not" };
    addFault(context.issues, context.value, { code: "invalid-value", ...fault });
  })
  .meta({ minProperties: 1, description: "Target name -> what to try for it. The names are those of the files under targets/." });

/**
 * A recipe as a user writes it. The one source of both the checks and schemas/recipe.schema.json; every value may have a
 * description, which editors show.
 */
export const recipeSchema = z
  .strictObject({
    recipe: z.literal(1).meta({ description: "Version of the recipe format." }),
    name,
    description: z.string().optional().meta({ description: "One line for people: what the model does, where it is from, its licence." }),
    model: modelSchema,
    data: dataSchema,
    try: z.strictObject({ precision: precisions }).prefault({}).meta({ description: "What to try." }),
    accept: acceptSchema.prefault({}),
    measure: measureSchema.prefault({}),
    targets: targetUses,
    images: makerImages,
  })
  .meta({ title: "Fettle recipe", description: "One model; for every hardware target one artifact that is proven." });

/** A recipe with defaults filled in and quantities read. */
export type RecipeForm = z.output<typeof recipeSchema>;
/** A recipe as it was written. */
export type RecipeText = z.input<typeof recipeSchema>;
