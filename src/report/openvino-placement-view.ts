import { z } from "zod";
import type { Json } from "../domain/json.ts";
import { cleanLine } from "./clean-text.ts";
import { formatShare } from "./format.ts";
import type { Theme } from "./theme.ts";

export interface OpenvinoPlacementView {
  readonly candidate: string;
  readonly target: string;
  /** The precision that was asked for. */
  readonly asked: string;
  readonly proof: string;
  /** The manifest's execution facts; null for what was never run. */
  readonly executed: Json;
}

const share = z.object({ ops: z.number(), time: z.number().nullable() });
const shares = z.record(z.string(), share);
// Only what is shown: an artifact of another version of the worker is shown as far as it says the same.
const executedSchema = z.object({
  executedPrecision: shares,
  placement: z.record(z.string(), z.number()),
  details: z
    .object({
      kernels: shares.catch({}),
      matrixOperations: z.record(z.string(), z.record(z.string(), z.number())).catch({}),
      operations: z.number().nullable().catch(null),
      cpu: z.string().catch("an unknown CPU"),
    })
    .catch({ kernels: {}, matrixOperations: {}, operations: null, cpu: "an unknown CPU" }),
});

/** `fettle openvino placement`. */
export function renderOpenvinoPlacement(view: OpenvinoPlacementView, { paint }: Theme): string {
  const head = `${paint.bold(view.candidate)} for ${view.target}, ${view.proof}; asked for ${view.asked}`;
  const executed = executedSchema.safeParse(view.executed).data;
  if (executed === undefined) return `${head}\n  it was compiled and not run: nothing is known of where its operations run`;
  const { details, executedPrecision, placement } = executed;
  const devices = Object.entries(placement).map(([device, part]) => `${formatShare(part)} on ${device}`);
  const matrices = Object.entries(details.matrixOperations).flatMap(([kind, counts]) =>
    Object.entries(counts).map(([precision, count]) => `${count} ${kind} in ${precision}`),
  );
  const rows: [string, string][] = [
    ["ran on", `${devices.join(", ")}: ${details.cpu}`],
    ["operations", details.operations === null ? "" : `${details.operations} executed, after fusing`],
    ["matrices", matrices.join(", ")],
  ];
  const lines = rows.filter(([, text]) => text !== "").map(([label, text]) => `  ${paint.dim(label.padEnd(10))}  ${cleanLine(text)}`);
  return [head, ...lines, ...table("precision", executedPrecision), ...table("kernel", details.kernels)].join("\n");
}

/** `fettle openvino placement --json`. */
export function openvinoPlacementDocument(view: OpenvinoPlacementView) {
  return { schema: "fettle.openvino-placement/1", ...view };
}

/** A line for each name: its share of the operations and of the time. */
function table(title: string, rows: Readonly<Record<string, z.infer<typeof share>>>): string[] {
  const names = Object.keys(rows);
  if (names.length === 0) return [];
  const width = Math.max(title.length, ...names.map((name) => name.length));
  const line = (name: string, ops: string, time: string) => `  ${cleanLine(name).padEnd(width)}  ${ops.padStart(10)}  ${time.padStart(7)}`;
  return [
    "",
    line(title, "operations", "time"),
    ...Object.entries(rows).map(([name, { ops, time }]) => line(name, formatShare(ops), time === null ? "n/a" : formatShare(time))),
  ];
}
