import { readFileSync } from "node:fs";

/** A small file's text; empty where it cannot be read. Files of /proc and /sys come and go between any two looks. */
export function readTextOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
