import type { EnvironmentSpec } from "../domain/environment.ts";
import { EXIT, type ExitCode } from "../engine/exit-code.ts";
import { restrictedLicences } from "../executors/images/restricted-licences.ts";
import { type ImageOutcome, imageOutcomesDocument, renderImageOutcomes } from "../report/images-view.ts";
import { FettleCommand } from "./fettle-command.ts";
import { type OpenImages, openImages } from "./open-images.ts";
import { stopOnSignals } from "./stop-signals.ts";

interface ImagesFlags {
  readonly engine: string;
  readonly recipe?: string | undefined;
  readonly json: boolean;
}

/** What the commands about images share: an engine that answers, a Ctrl-C that ends work in order, an outcome for each image. */
export abstract class ImagesCommand extends FettleCommand {
  /** Runs a command's work with an engine. Stopped by a signal, what was begun is undone and what was done stays. */
  protected async withImages(flags: ImagesFlags, work: (images: OpenImages) => Promise<void>): Promise<void> {
    const stop = stopOnSignals();
    try {
      const images = await openImages(this.config, { engine: flags.engine, recipe: flags.recipe, signal: stop.signal });
      if (!images.ok) return this.refuse(images.error, flags.json);
      await work(images.value);
    } finally {
      stop.dispose();
    }
  }

  /** Does something about one image after the other; one that fails does not keep the others from it. */
  protected async each<T extends { readonly name: string }>(
    items: readonly T[],
    { signal }: OpenImages,
    work: (item: T) => Promise<ImageOutcome>,
  ): Promise<ImageOutcome[]> {
    const outcomes: ImageOutcome[] = [];
    for (const item of items) {
      outcomes.push(await work(item));
      if (signal.aborted) break;
    }
    return outcomes;
  }

  /** Warns of an image, before it is handed on, whose packages' maker may restrict that; gives the licences for the document. */
  protected async warnOfLicences(images: OpenImages, spec: EnvironmentSpec): Promise<{ readonly licences?: string }> {
    const licences = (await restrictedLicences(images, spec)).join(", ");
    if (licences === "") return {};
    const whose = `the image of ${spec.name} holds packages under a licence of their maker's, ${licences}`;
    process.stderr.write(`warning: ${whose}: it may not be yours to hand on. Read it before others can have the image.\n`);
    return { licences };
  }

  /** Prints what was done and ends with the code that fits. */
  protected report(outcomes: readonly ImageOutcome[], { engine }: OpenImages, json: boolean): void {
    if (json) this.printJson(imageOutcomesDocument(engine.name, outcomes));
    else this.print(renderImageOutcomes(outcomes, this.theme));
    const code = exitCodeOf(outcomes);
    if (code !== EXIT.ok) this.end(code);
  }
}

function exitCodeOf(outcomes: readonly ImageOutcome[]): ExitCode {
  const failures = outcomes.flatMap((outcome) => ("failure" in outcome ? [outcome.failure] : []));
  if (failures.some(({ reason }) => reason === "interrupted")) return EXIT.interrupted;
  if (failures.length > 0) return EXIT.failed;
  return outcomes.some((outcome) => "problems" in outcome) ? EXIT.rejected : EXIT.ok;
}
