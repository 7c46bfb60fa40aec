import type { Executor } from "../domain/command.ts";
import type { DevicePool } from "../domain/devices.ts";
import type { Environments } from "../domain/environment.ts";
import type { BuildEventBody } from "../domain/event.ts";
import type { Host } from "../domain/host.ts";
import type { ArtifactStore } from "../domain/store.ts";
import type { Toolchain } from "../domain/toolchain.ts";

/** What operations ask of the world. */
export interface Ports {
  readonly store: ArtifactStore;
  readonly executor: Executor;
  readonly environments: Environments;
  readonly devices: DevicePool;
  readonly host: Host;
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  /** Tells the reporters; adds the time itself. */
  readonly emit: (event: BuildEventBody) => void;
}
