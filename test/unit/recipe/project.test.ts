import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadProject } from "../../../src/recipe/project/load-project.ts";
import { scratchFolder } from "../../rig/scratch.ts";

const PINNED = `vendor.example/compiler@sha256:${"e".repeat(64)}`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = scratchFolder("project");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function baseOf(folder: string, cwd: string): Promise<string | null> {
  const project = await loadProject(folder, cwd);
  if (!project.ok) throw new Error(project.error[0]?.message);
  return project.value.containers.base;
}

test("what it says", async () => {
  const folder = folderWith({
    "fettle.yaml": `project: 1\ncontainers:\n  base: localhost/fettle-base:1\n  engine: docker\n  images:\n    tensorrt: ${PINNED}\n    poplar: { image: "${PINNED}", root: /opt/poplar }\n`,
  });
  expect(await loadProject(".", folder)).toEqual({
    ok: true,
    value: {
      file: join(folder, "fettle.yaml"),
      containers: {
        ...{ base: "localhost/fettle-base:1", engine: "docker" },
        images: new Map([
          ["tensorrt", { reference: PINNED, root: null }],
          ["poplar", { reference: PINNED, root: "/opt/poplar" }],
        ]),
      },
    },
  });
});

describe("where it is looked for", () => {
  const project = (base: string) => `project: 1\ncontainers: { base: "${base}" }\n`;

  test("beside the recipe, then above it, up to the repository", async () => {
    const top = folderWith({
      "fettle.yaml": project("stranger"),
      "repo/.git/HEAD": "",
      "repo/a/fettle.yaml": project("a"),
      "repo/a/b/x": "",
      "repo/c/x": "",
    });
    const repo = join(top, "repo");
    expect(await baseOf("a/b", repo)).toBe("a");
    expect(await baseOf("a", repo)).toBe("a");
    expect(await baseOf("c", repo)).toBeNull();
    writeFileSync(join(repo, "fettle.yaml"), project("repository"));
    expect(await baseOf("c", repo)).toBe("repository");
    expect(await baseOf(".", join(repo, "c"))).toBe("repository");
  });

  test("without a repository no further up than the working folder", async () => {
    const top = folderWith({ "fettle.yaml": project("stranger"), "work/recipes/x": "", "other/fettle.yaml": project("other") });
    const work = join(top, "work");
    expect(await baseOf("recipes", work)).toBeNull();
    expect(await baseOf("../other", work)).toBe("other");
    expect(await baseOf("..", join(top, "work/recipes"))).toBeNull();
    writeFileSync(join(work, "fettle.yaml"), project("work"));
    expect(await baseOf("recipes", work)).toBe("work");
  });
});

test.each([
  ["an image without a digest", "project: 1\ncontainers: { images: { trt: nvcr.io/trt:1 } }\n", "invalid-value"],
  ["an image in a map without a digest", "project: 1\ncontainers: { images: { trt: { image: nvcr.io/trt:1 } } }\n", "invalid-value"],
  ["a misspelt key", "project: 1\ncontainers: { bas: x }\n", "unknown-key"],
  ["an unknown engine", "project: 1\ncontainers: { engine: lxc }\n", "invalid-value"],
  ["another format", "project: 2\n", "invalid-value"],
  ["no format", "containers: {}\n", "missing-key"],
  ["a list", "- x\n", "wrong-type"],
])("%s is a fault with its place", async (_, text, code) => {
  const project = await loadProject(".", folderWith({ "fettle.yaml": text }));
  expect(project).toMatchObject({ ok: false, error: [{ code, at: { source: { path: "fettle.yaml" } } }] });
});
