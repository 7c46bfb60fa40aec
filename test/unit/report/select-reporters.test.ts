import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withDir } from "tmp-promise";
import { expect, test } from "vitest";
import type { BuildEvent } from "../../../src/domain/event.ts";
import { createReporters, type ReporterOptions } from "../../../src/report/select-reporters.ts";
import { renderSummary } from "../../../src/report/summary.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import { Screen } from "../../fixtures/report/screen.ts";
import { coloured, plain } from "../../fixtures/report/themes.ts";
import { VirtualClock } from "../../fixtures/report/virtual-clock.ts";

/** A pipe that keeps what it got. */
class Pipe {
  text = "";

  write(text: string): void {
    this.text += text;
  }
}

function setUp(changes: Partial<ReporterOptions> = {}) {
  const stdout = new Pipe();
  const stderr = new Pipe();
  const clock = new VirtualClock(accepted.events[0]?.at ?? 0);
  const options: ReporterOptions = {
    json: false,
    quiet: false,
    verbose: false,
    events: null,
    trace: null,
    stdout,
    stderr,
    env: {},
    clock,
    ...changes,
  };
  return { stdout, stderr, clock, options };
}

async function report(options: ReporterOptions, events: readonly BuildEvent[] = accepted.events): Promise<void> {
  const reporter = createReporters(options);
  if (!reporter.ok) throw new Error(reporter.error.message);
  for (const event of events) reporter.value.handle(event);
  await reporter.value.close();
}

test("a pipe gets the log and then the summary", async () => {
  const { stdout, stderr, options } = setUp();
  await report(options);
  expect(stdout.text.startsWith("[0.0s] building ocr-recogniser: 8 steps")).toBe(true);
  expect(stdout.text.endsWith(`[81.2s] build: ok after 1 min 21 s\n${renderSummary(accepted.report, plain(120))}`)).toBe(true);
  expect(stderr.text).toBe("");
});

test("with --json standard output has the one document and nothing else", async () => {
  const { stdout, stderr, options } = setUp({ json: true, verbose: true });
  await report(options);
  expect(JSON.parse(stdout.text)).toEqual(accepted.report);
  expect(stderr.text).toContain("[0.0s] fetch model: cached: 10.9 MB\n");
});

test("quiet leaves the summary, coloured where colours are forced and never where they are refused", async () => {
  const quiet = setUp({ quiet: true, env: { FORCE_COLOR: "1" } });
  await report(quiet.options);
  expect(quiet.stdout.text).toBe(renderSummary(accepted.report, coloured(120)));
  const screen = Object.assign(new Screen(100, 40), { isTTY: true });
  const refused = setUp({ quiet: true, stdout: screen, env: { NO_COLOR: "1", TERM: "xterm-256color" } });
  await report(refused.options);
  expect(screen.writes.join("")).toBe(renderSummary(accepted.report, plain(100)));
});

test("on a terminal the live view is gone before the summary comes", async () => {
  const screen = Object.assign(new Screen(100, 40), { isTTY: true });
  const { options } = setUp({ stdout: screen, env: { TERM: "xterm", NO_COLOR: "1" } });
  await report(options);
  expect(screen.text().endsWith(renderSummary(accepted.report, plain(100)).trimEnd())).toBe(true);
  expect(screen.text()).toContain("↺  cached  2 steps from the store\n\ncpu-x64-native  ✔ accepted");
  expect(screen.cursorVisible).toBe(true);
});

test("--events and --trace write their files beside everything else", async () => {
  await withDir(
    async ({ path }) => {
      const { options } = setUp({ json: true, events: join(path, "events.ndjson"), trace: join(path, "trace.json") });
      await report(options);
      expect(readFileSync(join(path, "events.ndjson"), "utf8").trimEnd().split("\n")).toHaveLength(accepted.events.length);
      expect(JSON.parse(readFileSync(join(path, "trace.json"), "utf8"))).toContainEqual(
        expect.objectContaining({ name: "build ocr-recogniser" }),
      );
    },
    { unsafeCleanup: true },
  );
});

test("a file that cannot be opened is a failure before anything runs; one that fills up is a warning", async () => {
  await withDir(
    async ({ path }) => {
      const { options } = setUp({ trace: path });
      expect(createReporters(options)).toMatchObject({ ok: false, error: { reason: "read-only" } });
    },
    { unsafeCleanup: true },
  );
  const { stdout, stderr, options } = setUp({ json: true, events: "/dev/full" });
  await report(options);
  expect(JSON.parse(stdout.text)).toEqual(accepted.report);
  expect(stderr.text).toBe("warning: The file /dev/full cannot be written: ENOSPC: no space left on device, write\n");
});
