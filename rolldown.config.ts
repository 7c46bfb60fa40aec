import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "rolldown";

// The program in a few files: a command line is started often, and most of its start would go into finding hundreds of
// modules. Types are checked apart from this (`npm run types`).
export default defineConfig({
  input: {
    main: "src/cli/main.ts",
    commands: "src/cli/command-table.ts",
    "hooks/toolchains": "src/hooks/toolchains.ts",
    plugin: "src/plugin.ts",
    testing: "src/testing/index.ts",
    toolchain: "src/domain/toolchain.ts",
  },
  platform: "node",
  output: { dir: "lib", format: "esm", cleanDir: true, chunkFileNames: "chunks/[name]-[hash].js", sourcemap: true },
  // oclif looks for these at run time and goes on without them.
  external: [/^ts-node/, /^@oclif\/plugin-/, "typescript"],
  plugins: [thirdPartyLicences()],
});

/** The licences of the packages whose code the bundle holds travel with it. */
function thirdPartyLicences(): Plugin {
  return {
    name: "third-party-licences",
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : []));
      const packages = new Set(modules.map(packageFolder).filter((folder) => folder !== null));
      const source = [...packages].sort().map(licenceOf).join("\n\n");
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENCES.txt", source: `${source}\n` });
    },
  };
}

function packageFolder(module: string): string | null {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? null;
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = existsSync(folder) ? readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) : undefined;
  const text = file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
  return `${"=".repeat(80)}\n${name} ${version} (${license})${text}`;
}
