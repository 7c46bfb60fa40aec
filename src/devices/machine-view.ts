import type { Accelerator } from "../domain/accelerator.ts";

/** What was found, and what could not be found out, in sentences. */
export interface FoundAccelerators {
  readonly accelerators: readonly Accelerator[];
  readonly notes: readonly string[];
}

/** Where to look. */
export interface MachineView {
  /** Folder that /dev, /sys and /proc are below: `/`, or a copy of another machine's. */
  readonly root: string;
  /** For `PATH`, where vendors' tools are looked for. */
  readonly env: NodeJS.ProcessEnv;
}
