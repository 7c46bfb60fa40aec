import type { Fault } from "../fault.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import type { Draft } from "./check-structure.ts";

/** Whether there is data for what is asked: int8 cannot be calibrated on nothing. */
export function checkData({ data, try: tried, targets }: Draft<RecipeText>): Fault[] {
  const lists = [tried?.precision, ...Object.values(targets ?? {}).map((use) => use?.precision)];
  if (!lists.some((precisions) => precisions?.includes("int8") === true) || data === undefined) return [];
  const message = "int8 needs samples to calibrate with, and there are none";
  if (data.calibration === 0) return [{ code: "data-empty", path: ["data", "calibration"], message, expected: "at least 1" }];
  if (data.files === undefined || Object.hasOwn(data.files, "calibration")) return [];
  return [{ code: "data-empty", path: ["data", "files"], message, hint: "add `calibration:` with the files to calibrate with" }];
}
