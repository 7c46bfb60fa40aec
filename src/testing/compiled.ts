import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ArtifactFacts, ExecutionFacts } from "../domain/facts.ts";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { brokenContract } from "../engine/worker-call.ts";
import { artifactFactsSchema, executionFactsSchema, signatureSchema } from "../engine/worker-schemas.ts";
import { readPlainJson } from "../system/read-plain-file.ts";
import type { Bench, Call } from "./bench.ts";
import type { Material } from "./material.ts";

export interface Compiled {
  readonly facts: ArtifactFacts;
  /** The artifact's folder. Absolute. */
  readonly folder: string;
}

type Limitations = Pick<Call, "limits" | "signal" | "worker" | "onProgress">;

/** Has a folder with `model.onnx` and `signature.json` compiled, and holds the answer to what a build would. */
export async function compileFolder(
  bench: Bench,
  at: string,
  model: string,
  limitations: Limitations = {},
): Promise<Result<Compiled, Failure>> {
  const options = bench.subject.toolchain.compileOptions(bench.query);
  const answer = await bench.call({ at, verb: "compile", inputs: { model: { source: model } }, options, ...limitations });
  if (!answer.ok) return answer;
  const { facts: said, out } = answer.value;
  const facts = artifactFactsSchema.safeParse(said);
  if (!facts.success) return err(broken(bench, at, facts.error.issues[0]));
  const missing = [...facts.data.files, "signature.json"].find((file) => !existsSync(join(out, file)));
  if (missing !== undefined)
    return err(brokenContract(bench.worker, `the artifact's file ${missing} is not there`, `${bench.folder}/${at}.log`));
  return ok({ facts: facts.data, folder: out });
}

export interface Executed {
  readonly facts: ExecutionFacts;
  /** The outputs' folder. Absolute. */
  readonly folder: string;
}

/** Runs an artifact on the samples. */
export async function inferFolder(
  bench: Bench,
  at: string,
  { facts, folder }: Compiled,
  { data }: Material,
): Promise<Result<Executed, Failure>> {
  const inputs = { artifact: { source: folder }, data: { source: data } };
  const options = { ...bench.subject.toolchain.runOptions(bench.query), file: facts.files[0] ?? "", split: "validation" };
  const answer = await bench.call({ at, verb: "infer", inputs, options });
  if (!answer.ok) return answer;
  const executed = executionFactsSchema.safeParse(answer.value.facts);
  return executed.success ? ok({ facts: executed.data, folder: answer.value.out }) : err(broken(bench, at, executed.error.issues[0]));
}

/** The `signature.json` of a prepared model or an artifact, as far as it follows the schema. */
export function readSignature(folder: string) {
  return signatureSchema.safeParse(readPlainJson(join(folder, "signature.json")));
}

function broken(bench: Bench, at: string, issue: { path: PropertyKey[]; message: string } | undefined): Failure {
  return brokenContract(bench.worker, `its facts are wrong at ${issue?.path.join(".")}: ${issue?.message}`, `${bench.folder}/${at}.log`);
}
