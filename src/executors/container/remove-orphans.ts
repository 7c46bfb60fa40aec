import { isOrphan } from "./container-name.ts";
import { type Engine, runEngine } from "./engine.ts";
import { OWNED } from "./run-argv.ts";

/**
 * Removes containers that a Fettle left which was killed together with its engine; otherwise none stay, since each ends with the
 * Fettle that started it. Never fails: what cannot be removed now is met again.
 */
export async function removeOrphans(engine: Engine, signal: AbortSignal): Promise<void> {
  const listed = await runEngine(engine, ["ps", "--all", "--filter", `label=${OWNED}`, "--format", "{{.Names}}"], { signal });
  const orphans = listed.stdout.split("\n").filter((name) => isOrphan(name.trim()));
  if (listed.code === 0 && orphans.length > 0) await runEngine(engine, ["rm", "--force", ...orphans], { signal });
}
