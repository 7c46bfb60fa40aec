// Makes lib/types whole in itself, so that a plug-in's types need no package that Fettle's bundle already holds: declarations that no entry
// of package.json reaches go, and those of the packages below come along, with all imports turned into relative ones that every
// resolution of modules takes. Any other package in a declaration is an error here and not in a user's editor.
import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const types = join(root, "lib/types");
const vendored = join(types, "vendor");

/** Package -> the folder of it that has its declarations. */
const PACKAGES = { "@oclif/core": "lib", "cli-spinners": "." };
/** What a plug-in's author has: `zod` comes with Fettle, `node:` is @types/node. */
const THEIRS = /^(node:|zod$)/;
const IMPORTS = /(\bfrom |\bimport\()(["'])([^"']+)\2/g;

await rm(vendored, { recursive: true, force: true });
for (const [name, folder] of Object.entries(PACKAGES)) {
  const from = join(root, "node_modules", name);
  const to = join(vendored, name);
  await cp(join(from, folder), to, { recursive: true, filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith(".d.ts") });
  // Whose they are, and of which kind its modules are: a declaration is read accordingly.
  const { version, license, type = "commonjs" } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  await writeFile(join(to, "package.json"), `${JSON.stringify({ name, version, license, type }, null, 2)}\n`);
}
const { exports: entries } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const reached = new Set();
for (const entry of Object.values(entries)) if (entry.types !== undefined) await follow(resolve(root, entry.types));
for (const entry of await readdir(types, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile() && entry.name !== "package.json" && !reached.has(file)) await rm(file);
}

/** Rewrites a declaration's imports, and follows them. */
async function follow(file) {
  if (reached.has(file)) return;
  reached.add(file);
  const imported = [];
  const rewrite = (_, before, quote, name) => {
    const target = declarationOf(file, name);
    if (target !== null) imported.push(target);
    return `${before}${quote}${target === null ? name : relativeImport(file, target)}${quote}`;
  };
  const lines = (await readFile(file, "utf8")).split("\n");
  // Examples in comments name packages too.
  const text = lines.map((line) => (/^\s*\*/.test(line) ? line : line.replace(IMPORTS, rewrite))).join("\n");
  await writeFile(file, text);
  for (const target of imported) await follow(target);
}

/** The declaration that an import names; null for what the plug-in's author has. */
function declarationOf(file, name) {
  if (THEIRS.test(name)) return null;
  if (name.startsWith(".")) return existing(resolve(dirname(file), name), `${file} imports ${name}`);
  const owner = Object.keys(PACKAGES).find((each) => name === each || name.startsWith(`${each}/`));
  if (owner === undefined) throw new Error(`${file} needs the types of ${name}, which a plug-in's author does not have`);
  return existing(join(vendored, owner, name.slice(owner.length)), `${file} imports ${name}`);
}

function existing(path, what) {
  const plain = path.replace(/\.[jt]s$/, "");
  const found = [`${plain}.d.ts`, join(plain, "index.d.ts")].find((each) => existsSync(each));
  if (found === undefined) throw new Error(`${what}, which is not there`);
  return found;
}

function relativeImport(file, target) {
  const path = relative(dirname(file), target).replace(/\.d\.ts$/, ".js");
  return path.startsWith(".") ? path : `./${path}`;
}
