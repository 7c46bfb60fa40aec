import { join } from "node:path";
import { z } from "zod";
import { digestBytes } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import type { CandidateReport } from "../../domain/report.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { ActionRecord, TreeFile } from "../../domain/store.ts";
import { packageVersion } from "../../system/package-root.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { type Operation, type OperationContext, type OperationResult, withoutWorker } from "../operation.ts";
import { type CarriedProof, carriedFiles, carryProof } from "../proof/carry-proof.ts";
import { isProvenFurther } from "../proof/is-proven-further.ts";
import type { Waiting } from "../publish/artifact-lock.ts";
import { composeManifest } from "../publish/compose-manifest.ts";
import { judgedBy } from "../publish/judged-by.ts";
import { isPublished, setAside, writeArtifact } from "../publish/write-artifact.ts";
import { artifactFactsSchema, signatureSchema } from "../worker-schemas.ts";
import type { Choice } from "./select.ts";

/** Puts the winner into `dist/`, or takes an earlier artifact out of the way when there is none. */
export const publish: Operation<"publish"> = {
  kept: false,
  async run(context) {
    const choice = context.result("choice") as unknown as Choice;
    const winner = choice.candidates.find((each) => each.id === choice.winner);
    return winner ? publishWinner(context, winner) : publishNone(context);
  },
  summarise(result) {
    const { directory, previous } = z.object({ directory: z.string().nullable(), previous: z.string().nullable() }).parse(result);
    return (
      directory ??
      (previous === null ? "there is no artifact to publish" : `there is no artifact; the earlier one was set aside: ${previous}`)
    );
  },
};

async function publishNone(context: OperationContext<"publish">): Promise<Result<OperationResult, Failure>> {
  const moved = await setAside(context.step.spec.directory, waiting(context));
  if (!moved.ok) return moved;
  return ok({ ...withoutWorker({ directory: null, digest: null, previous: moved.value, note: null }), unchanged: moved.value === null });
}

async function publishWinner(context: OperationContext<"publish">, winner: CandidateReport): Promise<Result<OperationResult, Failure>> {
  const { directory } = context.step.spec;
  const carried = await carryProof(context, winner);
  const source = await artifactSource(context, winner, carried);
  const digest = digestBytes(JSON.stringify(source.manifest.files));
  const stays = async () => (await isPublished(directory, source.manifest)) || (await isProvenFurther(directory, source.manifest));
  const written = await writeArtifact(directory, source, { ...waiting(context), stays });
  if (!written.ok) return written;
  const notes = [carried.note, written.value.kept].filter((note) => note !== null);
  const result = withoutWorker({ directory, digest, previous: null, note: notes.length === 0 ? null : notes.join(" ") });
  return ok({ ...result, unchanged: !written.value.isNew });
}

function waiting({ signal, progress }: OperationContext<"publish">): Waiting {
  return { signal, onWait: () => progress("waiting for another build, or a proof, that writes there") };
}

async function artifactSource(context: OperationContext<"publish">, winner: CandidateReport, carried: CarriedProof) {
  const { recipe, target, candidates, proof } = context.step.spec;
  const compile = recordOf(context, winner.id);
  const tree = context.folder(winner.id);
  const facts = artifactFactsSchema.parse(compile.result);
  const signature = signatureSchema.parse(readPlainJson(join(tree, "signature.json")));
  const planned = candidates[winner.id];
  const toolchain = planned && context.services.toolchains.get(planned.toolchain);
  if (!target || !planned || !toolchain) throw new Error(`the winner ${winner.id} is not in the plan of ${context.step.target}`);
  const loader = toolchain.loader({ target, precision: planned.precision, options: planned.options, facts, signature });
  const files = [...compile.tree.files, textFile("load.py", loader), ...carriedFiles(carried)];
  const manifest = composeManifest({
    fettle: packageVersion(),
    recipe,
    target,
    winner,
    facts,
    signature,
    files,
    compile,
    model: recordOf(context, "model"),
    data: recordOf(context, "data"),
    judgedBy: await judgedBy(proof),
    host: context.services.host,
  });
  return {
    tree,
    files: compile.tree.files.map((file) => file.path),
    copies: carried.copies,
    texts: { "load.py": loader, ...carried.texts },
    manifest,
  };
}

function recordOf(context: OperationContext<"publish">, name: string): ActionRecord {
  const outcome = context.inputs.get(name);
  if (outcome?.state !== "done" || !outcome.record) throw new Error(`publish reads ${name}, which left nothing`);
  return outcome.record;
}

function textFile(path: string, text: string): TreeFile {
  return { path, digest: digestBytes(text), size: Buffer.byteLength(text), executable: false };
}
