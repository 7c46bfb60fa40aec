import { z } from "zod";
import type { Target, TpuTarget } from "../../domain/target.ts";
import { TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { loaderText } from "../loader-text.ts";

/** Chips the worker's libtpu compiles for with the lowering as it is tested here. */
const ARCHITECTURES = ["v5e", "v6e"];
const ONE_CHIP = "1x1";

/**
 * XLA for Google's TPUs: jax lowers the model, libtpu compiles it for a chip that is not here. It compiles only: what comes out
 * has run on no TPU.
 */
export const tpu: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "tpu",
  title: "XLA for TPUs (jax, libtpu)",
  directory: containerDirectory("tpu"),
  mainPackage: "libtpu",
  options: z.strictObject({}),
  canCompile({ target, precision }) {
    if (!isGoogles(target)) return { yes: false, why: "it makes executables for Google's TPUs only" };
    if (!ARCHITECTURES.includes(target.architecture)) {
      return { yes: false, why: `it compiles for ${ARCHITECTURES.join(" and ")}, not for ${target.architecture}` };
    }
    if (target.topology !== ONE_CHIP) return { yes: false, why: `it compiles for one chip, not for a slice ${target.topology}` };
    if (target.host !== "x86-64") return { yes: false, why: "libtpu is there for x86-64 hosts only" };
    if (precision === "float32" || precision === "bfloat16") return { yes: true };
    return { yes: false, why: "TPUs multiply in bfloat16 and in float32 made of it; this toolchain converts models to no other precision" };
  },
  canRun: () => ({ yes: false, why: "Fettle compiles for TPUs and does not run what it made on them" }),
  compileReadsHost: () => false,
  compileOptions: ({ precision }) => ({ precision }),
  runOptions: () => ({}),
  loader({ facts, signature }) {
    const { jax = "", libtpu = "" } = facts.versions;
    return loaderText(
      {
        title: "jax on a TPU; made without one, and so never run",
        install: `pip install jax==${jax} libtpu==${libtpu}`,
        imports: "import jax\nimport numpy as np\nfrom jax.experimental import serialize_executable",
        body: `def run(feeds):
    # jax keeps executables as Python pickles: load only what you have verified (\`fettle verify\`).
    taken = jax.tree_util.tree_structure((tuple(INPUTS), {}))
    given = jax.tree_util.tree_structure(tuple(OUTPUTS))
    program = serialize_executable.deserialize_and_load((HERE / "${facts.files[0]}").read_bytes(), taken, given)
    return {name: np.asarray(value) for name, value in zip(OUTPUTS, program(*(feeds[name] for name in INPUTS)))}`,
      },
      signature,
    );
  },
};

function isGoogles(target: Target): target is TpuTarget {
  return target.device === "tpu" && target.vendor === "google";
}
