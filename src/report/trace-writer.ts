import type { JsonObject } from "../domain/json.ts";
import type { TextFile } from "./text-file.ts";
import { createLanes } from "./trace-lanes.ts";

export interface TraceSpan {
  readonly name: string;
  readonly category: string;
  readonly tid: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly args: JsonObject;
}

export interface TraceWriter {
  /** Zero of the trace's time; spans are written relative to it. */
  begin(at: number, processName: string): void;
  span(span: TraceSpan): void;
  readonly steps: TrackGroup;
  readonly environments: TrackGroup;
}

/** Tracks of one kind: as many as things were going on at once. */
export interface TrackGroup {
  /** Thread id of the holder's track, the same until it is released. */
  take(holder: string): number;
  release(holder: string): void;
}

/** The track of the build as a whole. */
export const BUILD_TRACK = 1;

/**
 * Writes the trace-event format, as a JSON array ("Trace Event Format", Google, section "JSON Array Format"): complete
 * events (`ph: X`) in microseconds, and metadata (`ph: M`) that names the tracks. The file is valid JSON at every moment.
 */
export function createTraceWriter(file: TextFile): TraceWriter {
  let zero = 0;
  let first = true;
  const write = (event: JsonObject): void => {
    file.append(`${first ? "\n" : ",\n"}${JSON.stringify(event)}`, END);
    first = false;
  };
  file.append("[", END);
  const nameTrack = (tid: number, name: string): void => {
    write({ name: "thread_name", ph: "M", pid: PROCESS, tid, args: { name } });
    write({ name: "thread_sort_index", ph: "M", pid: PROCESS, tid, args: { sort_index: tid } });
  };
  return {
    begin(at, processName) {
      zero = at;
      write({ name: "process_name", ph: "M", pid: PROCESS, tid: BUILD_TRACK, args: { name: processName } });
      nameTrack(BUILD_TRACK, "build");
    },
    span({ name, category, tid, from, to, args }) {
      write({ name, cat: category, ph: "X", ts: (from - zero) * 1e3, dur: Math.max(0, to - from) * 1e3, pid: PROCESS, tid, args });
    },
    steps: createTrackGroup({ name: "steps", firstTid: 100 }, nameTrack),
    environments: createTrackGroup({ name: "environments", firstTid: 10_000 }, nameTrack),
  };
}

const PROCESS = 1;
const END = "\n]\n";

function createTrackGroup(group: { name: string; firstTid: number }, nameTrack: (tid: number, name: string) => void): TrackGroup {
  const lanes = createLanes();
  const named = new Set<number>();
  return {
    take(holder) {
      const lane = lanes.take(holder);
      const tid = group.firstTid + lane;
      if (!named.has(lane)) nameTrack(tid, `${group.name} ${lane + 1}`);
      named.add(lane);
      return tid;
    },
    release: (holder) => lanes.release(holder),
  };
}
