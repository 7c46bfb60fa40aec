// A vendor's plug-in as Fettle meets one: the same oclif hook, the same contract. Which toolchains it brings is the test's choice,
// given in FETTLE_FAKE_TOOLCHAINS: [{"name", "directory", "precisions", "dynamicShapes"}], each with a folder that has the worker and its lock.
import { z } from "zod";

/** Hardware that the toolchains need and this machine lacks. */
const LACKS = process.env.FETTLE_FAKE_LACKS;

export default async function toolchains() {
  return JSON.parse(process.env.FETTLE_FAKE_TOOLCHAINS ?? "[]").map(fakeToolchain);
}

function fakeToolchain({ name, directory, precisions, dynamicShapes }) {
  return {
    apiVersion: 1,
    name,
    title: `Fake ${name}`,
    directory,
    dynamicShapes,
    mainPackage: "onnxruntime",
    options: z.strictObject({ level: z.int().default(1) }),
    canCompile: ({ precision }) =>
      precisions.includes(precision) ? { yes: true } : { yes: false, why: `the fake ${name} has no ${precision}` },
    canRun: () => (LACKS === undefined ? { yes: true } : { yes: false, why: `this machine has no ${LACKS}` }),
    compileReadsHost: () => false,
    // By name, since all fake toolchains share one worker and their results must not be taken for one another.
    compileOptions: ({ options, precision }) => ({ ...options, precision, toolchain: name }),
    runOptions: ({ precision }) => ({ precision, toolchain: name }),
    loader: ({ facts }) => `print("loads ${facts.files[0]}")\n`,
  };
}
