import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { signatureSchema } from "../../engine/worker-schemas.ts";
import { spawnTool } from "../../executors/spawn-tool.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { type Check, failed, passed } from "../check.ts";

/** The `load.py` that is published beside an artifact. */
export const loaderIsPython: Check = {
  name: "loader-is-python",
  title: "the text of load.py is Python and names the file to load",
  async run({ bench, compiled }) {
    if (compiled === null) return failed("nothing was compiled");
    const signature = signatureSchema.parse(readPlainJson(join(compiled.folder, "signature.json")));
    const text = bench.subject.toolchain.loader({ ...bench.query, facts: compiled.facts, signature });
    const [main = ""] = compiled.facts.files;
    if (!text.includes(main)) return failed(`it does not name ${main}`);
    const file = join(bench.folder, "load.py");
    await writeFile(file, text);
    const program = "import ast, sys; ast.parse(open(sys.argv[1]).read())";
    const parsed = await spawnTool("python3", ["-I", "-c", program, file], { cwd: bench.folder, signal: new AbortController().signal });
    return parsed.exitCode === 0
      ? passed(`${text.split("\n").length} lines`)
      : failed(parsed.stderr.trim().split("\n").at(-1) ?? "it is no Python");
  },
};
