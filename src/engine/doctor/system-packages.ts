import { readFileSync } from "node:fs";
import type { SystemPackage } from "./check.ts";

interface Manager {
  /** Names in ID and ID_LIKE of os-release(5). */
  readonly systems: readonly string[];
  readonly command: string;
  /** Where the package has another name. */
  readonly names: Readonly<Partial<Record<SystemPackage, string>>>;
}

const MANAGERS: readonly Manager[] = [
  {
    systems: ["debian", "ubuntu"],
    command: "apt-get install",
    names: { python: "python3", pip: "python3-pip", docker: "docker.io" },
  },
  {
    systems: ["fedora", "rhel", "centos"],
    command: "dnf install",
    names: { python: "python3.12", pip: "python3-pip", docker: "moby-engine" },
  },
  { systems: ["suse", "opensuse"], command: "zypper install", names: { python: "python312", pip: "python312-pip" } },
  { systems: ["arch"], command: "pacman -S", names: { pip: "python-pip" } },
  { systems: ["alpine"], command: "apk add", names: { python: "python3", pip: "py3-pip" } },
];

/**
 * How to install a package on the system that an os-release file describes; null for one of which no package manager is known.
 *
 * @param osRelease the text of /etc/os-release
 */
export function installCommand(name: SystemPackage, osRelease: string, isRoot: boolean): string | null {
  const systems = ["ID", "ID_LIKE"].flatMap((key) => (field(osRelease, key) ?? "").split(/\s+/));
  const manager = MANAGERS.find((each) => each.systems.some((system) => systems.includes(system)));
  if (manager === undefined) return null;
  return `${isRoot ? "" : "sudo "}${manager.command} ${manager.names[name] ?? name}`;
}

/** The text of /etc/os-release; empty where there is none. */
export function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

function field(text: string, name: string): string | null {
  return new RegExp(`^${name}=["']?([^"'\\n]*)["']?$`, "m").exec(text)?.[1] ?? null;
}
