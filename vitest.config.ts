import { defineConfig } from "vitest/config";

const compiled = "test/rig/global-setup.ts";

// `fast` runs the sources and needs nothing but Node and this machine; `e2e` starts the compiled program; `containers`
// drives real container engines where they are; `slow` makes
// environments, runs real compilers and builds the example recipes.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/{unit,engine,contract}/**/*.test.ts"],
          exclude: ["test/**/*.slow.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: ["test/**/*.slow.test.ts"],
          testTimeout: 60_000,
          globalSetup: [compiled],
        },
      },
      {
        test: {
          name: "containers",
          include: ["test/containers/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          globalSetup: [compiled],
        },
      },
      {
        test: {
          name: "slow",
          include: ["test/toolchains/**/*.test.ts", "test/**/*.slow.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          // Real compilers and measurements: side by side they would time out and disturb one another on a small machine.
          fileParallelism: false,
          globalSetup: [compiled],
        },
      },
    ],
  },
});
