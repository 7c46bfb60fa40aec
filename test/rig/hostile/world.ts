import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, networkInterfaces } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { scratchFolder } from "../scratch.ts";

/** A file that nobody may change, as the store keeps its own: read-only, in a read-only folder. */
export function plantReadOnly(folder: string, name: string, text: string): { path: string; isIntact(): boolean } {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o444);
  chmodSync(folder, 0o555);
  const before = describe(path, folder);
  return { path, isIntact: () => describe(path, folder) === before };
}

function describe(path: string, folder: string): string {
  try {
    const [file, around] = [statSync(path), statSync(folder)];
    return JSON.stringify([readFileSync(path, "utf8"), file.mode, file.ino, file.nlink, around.mode, around.ino]);
  } catch (error) {
    return String(error);
  }
}

/** A secret in the user's real HOME; it goes with the test. */
export function plantInHome(text: string): string {
  const path = join(homedir(), `.fettle-hostile-${process.pid}-${Date.now()}`);
  writeFileSync(path, text, { mode: 0o600 });
  onTestFinished(() => rmSync(path, { force: true }));
  return path;
}

/** Servers of this machine that count who comes. */
export interface Servers {
  readonly hosts: readonly string[];
  readonly tcp: number;
  readonly udp: number;
  readonly abstract: string;
  readonly file: string;
  readonly met: { tcp: number; udp: number; abstract: number; file: number };
}

export async function startServers(): Promise<Servers> {
  const met = { tcp: 0, udp: 0, abstract: 0, file: 0 };
  const file = join(scratchFolder("socket"), "agent.sock");
  const abstract = `\0fettle-hostile-${process.pid}-${Date.now()}`;
  const tcp = await listen({ port: 0, host: "0.0.0.0" }, () => (met.tcp += 1));
  await listen({ path: abstract }, () => (met.abstract += 1));
  await listen({ path: file }, () => (met.file += 1));
  const datagrams = createSocket("udp4", () => (met.udp += 1));
  await new Promise<void>((resolve) => datagrams.bind(0, "0.0.0.0", resolve));
  onTestFinished(() => new Promise<void>((resolve) => datagrams.close(resolve)));
  return { hosts: ["127.0.0.1", ...ownAddresses()], tcp, udp: datagrams.address().port, abstract: abstract.replace("\0", "@"), file, met };
}

async function listen(at: { path: string } | { port: number; host: string }, onCall: () => void): Promise<number> {
  const server = createServer((socket) => {
    onCall();
    socket.on("error", () => {}).resume();
  });
  await new Promise<void>((resolve) => server.listen(at, resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .filter((each) => each !== undefined && each.family === "IPv4" && !each.internal)
    .map((each) => each?.address ?? "");
}

/** A process of the user's that has nothing to do with the command. */
export function startVictim(): { readonly pid: number; readonly mark: string; isAlive(): boolean } {
  const mark = `victim-${process.pid}-${Date.now()}`;
  const child: ChildProcess = spawn("sh", ["-c", "sleep 60 & wait", mark], { stdio: "ignore", detached: true });
  const pid = child.pid ?? -1;
  onTestFinished(() => killGroup(pid));
  return { pid, mark, isAlive: () => child.exitCode === null && child.signalCode === null };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

/** Whether a System V segment of a key is there; it is taken away. */
export function hadSharedMemory(key: number): boolean {
  const line = readFileSync("/proc/sysvipc/shm", "utf8")
    .split("\n")
    .find((each) => each.trim().startsWith(`${key} `));
  if (line === undefined) return false;
  execFileSync("ipcrm", ["-M", String(key)]);
  return true;
}

/** Block devices of this machine that this very process may read. */
export function readableDisks(): string[] {
  return readFileSync("/proc/partitions", "utf8")
    .split("\n")
    .slice(2)
    .map((line) => line.trim().split(/\s+/)[3])
    .filter((name) => name !== undefined && statSync(`/dev/${name}`, { throwIfNoEntry: false })?.isBlockDevice() === true)
    .map((name) => `/dev/${name}`)
    .filter(isReadable);
}

function isReadable(path: string): boolean {
  try {
    closeSync(openSync(path, "r"));
    return true;
  } catch {
    return false;
  }
}
