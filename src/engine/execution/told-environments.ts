import type { EnvironmentSpec, Environments } from "../../domain/environment.ts";
import type { BuildEventBody } from "../../domain/event.ts";

/**
 * Environments whose making is told as events. Several steps that wait for one environment are told of once; one that exists
 * already is not told of at all.
 */
export function toldEnvironments(environments: Environments, emit: (event: BuildEventBody) => void): Environments {
  const making = new Map<string, ReturnType<Environments["ensure"]>>();
  const make = async (spec: EnvironmentSpec, options: Parameters<Environments["ensure"]>[1]) => {
    const startedAt = Date.now();
    let told = false;
    const onProgress = (text: string) => {
      if (!told) emit({ type: "environment-started", name: spec.name });
      told = true;
      emit({ type: "environment-progress", name: spec.name, text });
      options.onProgress?.(text);
    };
    const made = await environments.ensure(spec, { ...options, onProgress });
    const failure = made.ok ? null : made.error;
    if (told) emit({ type: "environment-finished", name: spec.name, seconds: (Date.now() - startedAt) / 1000, failure });
    return made;
  };
  return {
    identify: (spec) => environments.identify(spec),
    isMade: (identity) => environments.isMade(identity),
    ensure(spec, options) {
      const underway = making.get(spec.lock);
      if (underway) return underway;
      const made = make(spec, options).finally(() => making.delete(spec.lock));
      making.set(spec.lock, made);
      return made;
    },
  };
}
