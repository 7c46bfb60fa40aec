import { test } from "node:test";
import { conformanceTests, findTarget } from "fettle/testing";
import { toolchain } from "../lib/toolchain.js";

// Everything a toolchain is held to, tried for real: its environment is made, and its worker runs in the sandbox.
conformanceTests(test, async () => ({ toolchain, target: await findTarget("cpu-x64-native"), precision: "float32" }));
