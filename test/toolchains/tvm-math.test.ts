import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepareEnvironments } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";

test.runIf(process.arch === "x64")(
  "the functions that the tvm worker computes by itself are as exact as they say, special values included",
  async () => {
    const [environment] = await prepareEnvironments(["tvm"]);
    const words = ["test/fixtures/programs/tvm_math.py", "containers/tvm", "containers/worker"].map(inRepository);
    const printed = execFileSync(join(environment ?? "", "bin/python"), words, { encoding: "utf8", env: { PYTHONDONTWRITEBYTECODE: "1" } });
    const errors = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Record<string, number | null>;
    // In units in the last place; null where one is finite and the other is not.
    expect(errors.Exp).toBeLessThan(1.01);
    expect(errors.Sigmoid).toBeLessThan(2.5);
    expect(errors.Tanh).toBeLessThan(1.5);
    // Relative; the rounding of x - max alone is 1e-6 for what lies 20 below the largest.
    expect(errors.Softmax).toBeLessThan(1e-5);
    expect(Object.values(errors)).not.toContain(null);
  },
);
