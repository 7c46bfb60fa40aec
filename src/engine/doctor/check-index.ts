import { environmentFailure } from "../../executors/environments/environment-failure.ts";
import { runTool, toolEnvironment } from "../../executors/environments/run-tool.ts";
import { type Answer, absent, type Check, type CheckContext, fails, works } from "./check.ts";

/** Whether the package index answers, asked by the user's own settings for a package that every machine without uv needs. */
export const indexCheck: Check = { group: "network", name: "package index", needed: false, run: askIndex };

async function askIndex({ env, signal, pip: findPip }: CheckContext): Promise<Answer> {
  const pip = await findPip();
  if (pip === null) return absent("not tried: there is no pip to ask with");
  const argv = [...pip, "index", "versions", "uv", "--disable-pip-version-check", "--no-input"];
  const end = await runTool({ argv, cwd: "/", env: toolEnvironment(env), signal });
  if (signal.aborted) return fails("gave no answer in time");
  const newest = /^uv \((\S+)\)/m.exec(end.stdout)?.[1];
  if (end.code === 0 && newest !== undefined) return works(`answers (newest uv: ${newest})`);
  const { message, hint } = environmentFailure({ name: "uv", output: end.output, log: "", interrupted: false });
  const why = message.replace(/^.*could not be made[^:]*: /, "").replace(/\.$/, "");
  return fails(`${why}${hint === undefined ? "" : `. ${hint}`}`);
}
