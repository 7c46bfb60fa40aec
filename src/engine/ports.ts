import type { Executor } from "../domain/command.ts";
import type { DevicePool } from "../domain/devices.ts";
import type { Environments } from "../domain/environment.ts";
import type { BuildEventBody } from "../domain/event.ts";
import type { Host } from "../domain/host.ts";
import type { ArtifactStore } from "../domain/store.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import type { DescribeImage } from "./lock/describe-image.ts";

/** What operations ask of the world. */
export interface Ports {
  readonly store: ArtifactStore;
  readonly executor: Executor;
  readonly environments: Environments;
  /** What a lock says of the images that environments come from; absent where no engine is used. */
  readonly describeImage?: DescribeImage;
  readonly devices: DevicePool;
  readonly host: Host;
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  /** Tells the reporters; adds the time itself. */
  readonly emit: (event: BuildEventBody) => void;
}
