import { rangedAxes } from "../../domain/sizes.ts";
import type { Fault } from "../fault.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import type { Draft } from "./check-structure.ts";
import { wholeShapes } from "./whole-shapes.ts";

/** Random samples that it takes for a range to be drawn at its smallest, best and greatest size. */
const SAMPLES_OF_RANGE = 3;

/** Whether there is data for what is asked: int8 cannot be calibrated on nothing, and a range is seen in three random samples. */
export function checkData(draft: Draft<RecipeText>): Fault[] {
  return [...calibrationFaults(draft), ...rangeFaults(draft)];
}

function rangeFaults(draft: Draft<RecipeText>): Fault[] {
  const { validation, random } = draft.data ?? {};
  if (random === undefined || validation === undefined || validation >= SAMPLES_OF_RANGE) return [];
  const [first] = rangedAxes(wholeShapes(draft));
  if (first === undefined) return [];
  const message = `the range of \`${first.input}\` is drawn at \`min\`, \`opt\` and \`max\` in turn, for which ${validation} is too few`;
  return [{ code: "invalid-value", path: ["data", "validation"], message, expected: `at least ${SAMPLES_OF_RANGE}` }];
}

function calibrationFaults({ data, try: tried, targets }: Draft<RecipeText>): Fault[] {
  const lists = [tried?.precision, ...Object.values(targets ?? {}).map((use) => use?.precision)];
  if (!lists.some((precisions) => precisions?.includes("int8") === true) || data === undefined) return [];
  const message = "int8 needs samples to calibrate with, and there are none";
  if (data.calibration === 0) return [{ code: "data-empty", path: ["data", "calibration"], message, expected: "at least 1" }];
  if (data.files === undefined || Object.hasOwn(data.files, "calibration")) return [];
  return [{ code: "data-empty", path: ["data", "files"], message, hint: "add `calibration:` with the files to calibrate with" }];
}
