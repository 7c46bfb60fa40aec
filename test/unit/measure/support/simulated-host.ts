import { ok } from "../../../../src/domain/result.ts";
import type { HostProbe, HostSample } from "../../../../src/measure/rounds/host-sample.ts";
import type { MeasuredProcess } from "../../../../src/measure/rounds/measured-process.ts";
import { type Random, seededRandom } from "../../../../src/measure/statistics/random.ts";

export interface ProcessModel {
  readonly name: string;
  /** Typical time of one inference. */
  readonly ns: number;
  /** Standard deviations, as shares: of single inferences, and of whole turns (what the machine does for a while). */
  readonly jitter?: number;
  readonly turnJitter?: number;
  /** The first inference of a turn takes this many times as long. */
  readonly coldFactor?: number;
  /** A factor on the time that depends on the virtual time. */
  readonly drift?: (nowNs: number) => number;
  /** A factor on the time for each of the samples it has loaded; one sample unless told. */
  readonly samples?: readonly number[];
}

/**
 * A machine with a clock of its own, on which simulated processes run: measuring it takes no real time, and the truth is
 * known. The probe sees what the processes use, and what `foreign` says others use.
 */
export class SimulatedHost {
  readonly #random: Random;
  /** CPUs that other programs keep busy at a virtual time. */
  readonly foreign: (nowNs: number) => number;
  nowNs = 0;
  #busyNs = 0;
  readonly runs: { readonly name: string; readonly count: number; readonly samples: readonly number[] }[] = [];

  constructor(seed: number, foreign: (nowNs: number) => number = () => 0) {
    this.#random = seededRandom(seed);
    this.foreign = foreign;
  }

  process(model: ProcessModel): MeasuredProcess {
    const factors = model.samples ?? [1];
    let next = 0;
    return {
      name: model.name,
      run: async (count, asked) => {
        const samples = Array.from({ length: count }, (_, i) => (asked?.[i] ?? next++) % factors.length);
        this.runs.push({ name: model.name, count, samples });
        const turn = 1 + (model.turnJitter ?? 0) * this.#normal();
        const wallNs = Array.from({ length: count }, (_, i) => {
          const cold = i === 0 ? (model.coldFactor ?? 1) : 1;
          const drift = model.drift?.(this.nowNs) ?? 1;
          const data = factors[samples[i] ?? 0] ?? 1;
          const took = Math.round(model.ns * data * turn * cold * drift * Math.max(0.2, 1 + (model.jitter ?? 0) * this.#normal()));
          this.#advance(took);
          return took;
        });
        return ok({ wallNs, cpuNs: wallNs });
      },
    };
  }

  get probe(): HostProbe {
    return { sample: () => this.#sample() };
  }

  #advance(ns: number): void {
    this.#busyNs += ns * (1 + this.foreign(this.nowNs));
    this.nowNs += ns;
  }

  #sample(): HostSample {
    const counters = { busyNs: this.#busyNs, stolenNs: 0, throttledNs: 0, thermalEvents: 0, ownNs: 0 };
    return { atNs: this.nowNs, cpus: 2, spinNs: 1e6, ...counters };
  }

  #normal(): number {
    const uniform = (): number => (this.#random.below(2 ** 32) + 0.5) / 2 ** 32;
    return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }
}
