import type { Failure } from "../domain/failure.ts";
import type { Result } from "../domain/result.ts";
import type { ArtifactStore } from "../domain/store.ts";
import { defaultStoreRoot } from "../store/layout.ts";
import { openStore } from "../store/open-store.ts";

/** The user's store, for the commands that look after it. */
export function openUserStore(): Promise<Result<ArtifactStore, Failure>> {
  return openStore({ root: defaultStoreRoot(process.env), onDamage: () => {} });
}
