import { defineConfig } from "rolldown";

// The program in a few files: a command line is started often, and most of its start would go into finding hundreds of
// modules. Types are checked apart from this (`npm run types`).
export default defineConfig({
  input: { main: "src/cli/main.ts", commands: "src/cli/command-table.ts", "hooks/toolchains": "src/hooks/toolchains.ts" },
  platform: "node",
  output: { dir: "lib", format: "esm", cleanDir: true, chunkFileNames: "chunks/[name]-[hash].js", sourcemap: true },
  // oclif looks for these at run time and goes on without them.
  external: [/^ts-node/, /^@oclif\/plugin-/, "typescript"],
  treeshake: { moduleSideEffects: true },
});
