import type { DoctorFinding, DoctorGroup } from "../../report/doctor-view.ts";
import type { FoundPython } from "./find-python.ts";

/** What checks know of where they run. */
export interface CheckContext {
  readonly env: NodeJS.ProcessEnv;
  /** The store's root. */
  readonly root: string;
  /** Aborted when time is up: programs a check started are ended by it. */
  readonly signal: AbortSignal;
  /** Milliseconds a program that the signal cannot end may still take. */
  timeLeft(): number;
  /** The interpreter that environments would be made with. */
  python(): Promise<FoundPython>;
  /** The command of a pip that answers; null where there is none. */
  pip(): Promise<readonly string[] | null>;
  /** The command that would install a system's package, in this system's words; null where its package manager is not known. */
  install(name: SystemPackage): string | null;
}

/** What a machine may lack and its package manager has. */
export type SystemPackage = "bubblewrap" | "util-linux" | "python" | "pip" | "podman" | "docker" | "npm";

/** What one check found, without what the check itself says of it. */
export type Answer = Pick<DoctorFinding, "state" | "detail" | "images"> & { readonly mend?: string | null };

/** One thing that is really tried. */
export interface Check {
  readonly group: DoctorGroup;
  readonly name: string;
  /** Without it no build can run. */
  readonly needed: boolean;
  run(context: CheckContext): Promise<Answer>;
}

/** Shorthands, since most answers are short. */
export const works = (detail: string): Answer => ({ state: "works", detail });
export const fails = (detail: string, mend: string | null = null): Answer => ({ state: "fails", detail, mend });
export const limited = (detail: string, mend: string | null = null): Answer => ({ state: "limited", detail, mend });
export const absent = (detail: string, mend: string | null = null): Answer => ({ state: "absent", detail, mend });
