// Makes the environment of a requirements.lock as a build would, in the user's store, and prints its folder. For the tools
// that check the Python code, and for trying a worker by hand:
//
//   scripts/with-node.sh node scripts/make-environment.mjs containers/onnxruntime/requirements.lock
import { basename, dirname, resolve } from "node:path";
import { createEnvironments } from "../src/executors/environments/create-environments.ts";
import { defaultStoreRoot } from "../src/store/layout.ts";

const lock = process.argv[2];
if (lock === undefined) {
  console.error("usage: make-environment.mjs LOCK");
  process.exit(2);
}
const environments = createEnvironments({ root: defaultStoreRoot(process.env) });
const made = await environments.ensure(
  { name: basename(dirname(resolve(lock))), lock: resolve(lock) },
  { signal: new AbortController().signal, onProgress: (text) => console.error(`environment: ${text}`) },
);
if (made.ok) console.log(made.value.root);
else {
  console.error([made.error.message, made.error.hint, made.error.log].filter(Boolean).join("\n"));
  process.exitCode = 3;
}
