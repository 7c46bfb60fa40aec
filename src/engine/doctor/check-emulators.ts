import { whyNothingEmulated } from "../../domain/emulation.ts";
import type { Emulator } from "../../domain/emulator.ts";
import type { Host } from "../../domain/host.ts";
import { type Answer, absent, limited, works } from "./check.ts";

/** Each emulator that was found by its name; and where this machine could emulate 64-bit Arm and nothing does, that. */
export function emulatorAnswers(host: Host): (readonly [string, Answer])[] {
  const isForeign = host.architecture !== "aarch64" && !host.emulators.some(({ architecture }) => architecture === "aarch64");
  return [
    ...host.emulators.map((each) => [each.name, answerOf(each, host)] as const),
    ...(isForeign ? [["qemu-aarch64", absent(whyNothingEmulated(host, "aarch64") ?? "")] as const] : []),
  ];
}

function answerOf({ architecture, path, running }: Emulator, host: Host): Answer {
  if (running === undefined) return works(`runs ${architecture} programs (${path})`);
  if ("why" in running) return limited(whyNothingEmulated(host, "aarch64") ?? running.why);
  return works(`${running.version} runs ${architecture} programs with ${running.libc} (${path})`);
}
