import { defineConfig } from "vitest/config";

// `fast` needs nothing but Node and the machine; `slow` makes environments, runs real compilers and builds the example recipes.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/{unit,engine,contract,e2e}/**/*.test.ts"],
          exclude: ["test/**/*.slow.test.ts"],
          testTimeout: 30_000,
          globalSetup: ["test/rig/global-setup.ts"],
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
          globalSetup: ["test/rig/global-setup.ts"],
        },
      },
    ],
  },
});
