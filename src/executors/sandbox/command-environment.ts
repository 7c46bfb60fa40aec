import type { CommandSpec } from "../../domain/command.ts";

/** User and group inside; the kernel's own "nobody", so that no file of the host seems to be theirs. */
export const SANDBOX_ID = 65534;
export const SANDBOX_USER = "fettle";

export interface InsidePaths {
  /** Where the command sees its workspace. */
  readonly workspace: string;
  readonly home: string;
  readonly temporary: string;
}

/**
 * The whole environment of a command. Nothing of the user's is in it: results must not hang on it, and it holds secrets. What an image
 * sets is in it: a maker's Python module and libraries are found by nothing else, and it is part of what the image's digest stands for.
 * The two PIP variables stop packages that install others behind the user's back.
 */
export function commandEnvironment(spec: CommandSpec, inside: InsidePaths): Record<string, string> {
  const { root, variables: images = {} } = spec.environment;
  const base: Record<string, string> = {
    ...images,
    PATH: `${root}/bin:${images.PATH ?? "/usr/local/bin:/usr/bin:/bin"}`,
    VIRTUAL_ENV: root,
    HOME: inside.home,
    TMPDIR: inside.temporary,
    USER: SANDBOX_USER,
    LOGNAME: SANDBOX_USER,
    LANG: "C.UTF-8",
    PIP_REQUIRE_VIRTUALENV: "1",
    PIP_NO_INDEX: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONNOUSERSITE: "1",
    // A crash in native code then leaves the Python stack in the log.
    PYTHONFAULTHANDLER: "1",
  };
  const own = Object.fromEntries(Object.entries(spec.variables).map(([name, value]) => [name, moveInside(value, spec, inside)]));
  const pythonPath = [own.PYTHONPATH, images.PYTHONPATH].filter(Boolean).join(":");
  return { ...base, ...own, ...(pythonPath !== "" && { PYTHONPATH: resolvePythonPath(pythonPath, inside) }) };
}

/** The command's words as they are inside: the environment's Python for `python`, the workspace's path where it is named. */
export function commandWords(spec: CommandSpec, inside: InsidePaths): string[] {
  const [program = "", ...rest] = spec.argv;
  const file = program === "python" ? `${spec.environment.root}/bin/python` : moveInside(program, spec, inside);
  return [file, ...rest.map((word) => moveInside(word, spec, inside))];
}

function moveInside(text: string, spec: CommandSpec, inside: InsidePaths): string {
  return text.replaceAll(spec.workspace, inside.workspace);
}

// Python would resolve relative entries anew after each chdir, and take an empty one for the folder it is in.
function resolvePythonPath(path: string, inside: InsidePaths): string {
  return path
    .split(":")
    .filter(Boolean)
    .map((entry) => (entry.startsWith("/") ? entry : `${inside.workspace}/${entry}`))
    .join(":");
}
