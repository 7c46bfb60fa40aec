// Writes the JSON Schemas under schemas/ from the zod schemas they mirror. `--check` writes nothing and fails if one is stale.
import { readFile, writeFile } from "node:fs/promises";
import { lockJsonSchema } from "../src/engine/lock/lock-form.ts";
import { manifestJsonSchema } from "../src/engine/publish/manifest.ts";
import { projectJsonSchema, recipeJsonSchema, targetJsonSchema } from "../src/recipe/schema/json-schema.ts";
import { listBuiltinTargets } from "../src/recipe/targets/load-targets.ts";
import { matrixJsonSchema } from "../src/report/matrix-schema.ts";
import { mergedReportJsonSchema } from "../src/report/merged-schema.ts";
import { reportJsonSchema } from "../src/report/report-schema.ts";
import { builtinToolchains } from "../src/toolchains/builtin.ts";

/** File name -> what makes its content: one entry for each published schema. */
const schemas = {
  "recipe.schema.json": async () => recipeJsonSchema({ toolchains: builtinToolchains, targets: await listBuiltinTargets() }),
  "target.schema.json": () => targetJsonSchema(),
  "project.schema.json": () => projectJsonSchema(),
  "report.schema.json": () => reportJsonSchema(),
  "reports.schema.json": () => mergedReportJsonSchema(),
  "matrix.schema.json": () => matrixJsonSchema(),
  "manifest.schema.json": () => manifestJsonSchema(),
  "lock.schema.json": () => lockJsonSchema(),
};

const check = process.argv.includes("--check");
const stale = [];
for (const [name, make] of Object.entries(schemas)) {
  const file = new URL(`../schemas/${name}`, import.meta.url);
  const text = `${JSON.stringify(await make(), null, 2)}\n`;
  const present = await readFile(file, "utf8").catch(() => null);
  if (present === text) continue;
  stale.push(name);
  if (!check) await writeFile(file, text);
}
const done =
  stale.length === 0
    ? "schemas/ is up to date"
    : check
      ? `stale: ${stale.join(", ")}; run node scripts/generate-schemas.mjs`
      : `wrote ${stale.join(", ")}`;
console.log(done);
process.exitCode = check && stale.length > 0 ? 1 : 0;
