import type { EnvironmentSpec, MakerImageNeed } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";

/** Why an environment that only a maker's image can be is not there, and how the image is named. */
export function imageNeeded({ name }: EnvironmentSpec, { holds, source }: MakerImageNeed, where: "sandbox" | "engine"): Failure {
  const named = `name it in fettle.yaml: containers: { images: { ${name}: NAME@sha256:DIGEST } }, or under \`images\` in the recipe`;
  const runs = where === "sandbox" ? ", and build with `--executor podman` or `--executor docker`" : "";
  return {
    reason: "environment-unavailable",
    message: `The toolchain ${name} runs in an image that holds ${holds}, and ${where === "sandbox" ? "the sandbox runs no images" : "none is named"}.`,
    hint: `${source}; ${named}${runs}.`,
    lacking: true,
  };
}
