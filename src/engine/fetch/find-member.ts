import { dirname, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";

interface UnpackedArchive {
  /** The member the recipe names. */
  readonly file: string;
  readonly archive: string;
  /** What was unpacked. */
  readonly members: readonly string[];
}

/** Absolute path of the model in an unpacked archive, or a failure that names the models that are there. */
export function findMember(folder: string, { file, archive, members }: UnpackedArchive): Result<string, Failure> {
  if (members.includes(file)) return ok(join(folder, file));
  const models = members.filter((member) => member.endsWith(".onnx"));
  return err({
    reason: "fetch-failed",
    message: `${archive} has no file ${file}.`,
    hint: models.length > 0 ? `The ONNX files beside it: ${models.join(", ")}.` : `No ONNX file lies in ${dirname(file)} of that package.`,
  });
}
