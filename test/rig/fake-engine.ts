import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ENGINE_NAMES, type EngineName } from "../../src/domain/command.ts";
import { detectEngine, type Engine } from "../../src/executors/container/engine.ts";
import { NEVER } from "./commands.ts";
import { pythonEnvironment } from "./python-environment.ts";
import { inRepository } from "./repository.ts";
import { scratchFolder } from "./scratch.ts";

/** An image in a fake engine's storage or registry. */
export interface FakeImage {
  readonly id: string;
  readonly names: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly layers?: readonly string[];
  readonly digests?: readonly string[];
  readonly created?: string;
  /** What its python3 says it is. */
  readonly python?: string;
  /** Where its bin/python is. */
  readonly root?: string;
}

export interface FakeEngine {
  readonly env: Record<string, string>;
  /** Every call so far, a line each. */
  calls(): string[];
  images(): FakeImage[];
  detect(name?: EngineName): Promise<Engine>;
}

/** A base as containers/images/make-base.sh imports it. */
export const FAKE_BASE: FakeImage = {
  id: `sha256:${"b".repeat(64)}`,
  names: ["localhost/fettle-base:1"],
  layers: [`sha256:${"1".repeat(64)}`],
};

const FAKE_PIP = `#!/bin/sh
if [ "$*" = "-m pip config list" ] && [ -n "$PIP_INDEX_URL" ]; then echo ":env:.index-url='$PIP_INDEX_URL'"; fi
`;

export interface FakeEngineOptions {
  readonly images?: readonly FakeImage[];
  readonly registry?: readonly FakeImage[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Fake podman and docker, first on a PATH of their own, with a storage that both share. */
export function fakeEngine({ images = [FAKE_BASE], registry = [], env = {} }: FakeEngineOptions = {}): FakeEngine {
  const state = scratchFolder("engine");
  const programs = join(state, "bin");
  mkdirSync(programs);
  for (const name of ENGINE_NAMES) {
    const words = [join(pythonEnvironment().root, "bin/python"), "-I", "-S", inRepository("test/fixtures/programs/fake_engine.py"), name];
    writeFileSync(
      join(programs, name),
      `#!/bin/sh
exec ${words.join(" ")} "$@"
`,
      { mode: 0o755 },
    );
  }
  // Pip itself takes a second to say how it is set.
  writeFileSync(join(programs, "python3"), FAKE_PIP, { mode: 0o755 });
  writeFileSync(join(state, "images.json"), JSON.stringify(images));
  writeFileSync(join(state, "registry.json"), JSON.stringify(registry));
  const own = {
    PATH: [programs, process.env.PATH ?? ""].join(delimiter),
    HOME: state,
    FAKE_ENGINE: state,
    PIP_CONFIG_FILE: "/dev/null",
    ...env,
  };
  const read = (file: string) => (existsSync(join(state, file)) ? readFileSync(join(state, file), "utf8") : "");
  return {
    env: own,
    calls: () => read("calls").split("\n").filter(Boolean),
    images: () => JSON.parse(read("images.json")) as FakeImage[],
    detect: async (name = "podman") => {
      const engine = await detectEngine(name, { env: own, signal: NEVER });
      if (!engine.ok) throw new Error(engine.error.message);
      return engine.value;
    },
  };
}
