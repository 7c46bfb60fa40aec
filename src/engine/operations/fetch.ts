import { z } from "zod";
import { ok } from "../../domain/result.ts";
import { type Operation, withoutWorker } from "../operation.ts";

/**
 * Brings the model into the store as `model.onnx` with its external data beside it, from wherever the recipe says. The only
 * step that may use the network; what it brings is checked against the recipe's hash before anything reads it.
 */
export const fetch: Operation<"fetch"> = {
  kept: true,
  async run(context) {
    const { spec } = context.step;
    // Loaded when it is needed: a build that is answered from the store fetches nothing.
    const { fetchModel } = await import("../fetch/fetch-model.ts");
    const fetched = await fetchModel(spec, context);
    if (!fetched.ok) return fetched;
    return ok(withoutWorker({ sha256: spec.sha256, externalData: fetched.value }));
  },
  summarise(result) {
    const { externalData } = z.object({ externalData: z.array(z.unknown()) }).parse(result);
    return externalData.length > 0 ? `with ${externalData.length} files of external data` : null;
  },
};
