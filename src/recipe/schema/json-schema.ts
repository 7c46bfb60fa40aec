import { z } from "zod";
import type { JsonObject } from "../../domain/json.ts";
import type { Target } from "../../domain/target.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { projectSchema } from "../project/project-schema.ts";
import { targetSchema } from "../targets/target-schema.ts";
import { recipeSchema, targetUses, toolchainUse } from "./recipe-schema.ts";

// The draft that editors' YAML language server reads best; `input` is what a user writes, before defaults are filled in.
const OPTIONS = { target: "draft-7", io: "input" } as const;

/** What exists, to be offered by an editor; names that do not (a plug-in's, a target of the user's) stay allowed. */
export interface KnownNames {
  readonly toolchains: readonly Pick<Toolchain, "name" | "title" | "options">[];
  readonly targets: readonly Pick<Target, "name" | "title">[];
}

/** JSON Schema of recipes, with each toolchain's own options merged in. */
export function recipeJsonSchema(known: KnownNames): JsonObject {
  return z.toJSONSchema(recipeSchema, {
    ...OPTIONS,
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === toolchainUse) Object.assign(jsonSchema, toolchainEntry(known));
      if (zodSchema === targetUses) Object.assign(jsonSchema, { properties: targetProperties(known) });
    },
  }) as JsonObject;
}

/** JSON Schema of target files. */
export function targetJsonSchema(): JsonObject {
  return z.toJSONSchema(targetSchema, OPTIONS) as JsonObject;
}

/** JSON Schema of project files. */
export function projectJsonSchema(): JsonObject {
  return z.toJSONSchema(projectSchema, OPTIONS) as JsonObject;
}

function toolchainEntry({ toolchains }: KnownNames): JsonObject {
  const properties = toolchains.map(
    ({ name, title, options }) => [name, { description: title, anyOf: [optionsSchema(options), { type: "null" }] }] as const,
  );
  return {
    anyOf: [
      { type: "string", enum: toolchains.map(({ name }) => name) },
      { type: "string", minLength: 1, description: "A plug-in's toolchain." },
      {
        type: "object",
        minProperties: 1,
        maxProperties: 1,
        properties: Object.fromEntries(properties),
        additionalProperties: { type: ["object", "null"] },
      },
    ],
  };
}

// A schema of its own says which draft it follows; inside another it must not.
function optionsSchema(options: z.ZodType): JsonObject {
  const { $schema: _draft, ...schema } = z.toJSONSchema(options, OPTIONS);
  return schema as JsonObject;
}

function targetProperties({ targets }: KnownNames): JsonObject {
  const reference = { $ref: "#/definitions/targetUse" };
  return Object.fromEntries(targets.map(({ name, title }) => [name, { description: title, allOf: [reference] }]));
}
