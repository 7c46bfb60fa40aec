/** What the host looked like at one moment. Counters only grow; null where this host does not tell. */
export interface HostSample {
  /** A clock that only goes forward. */
  readonly atNs: number;
  readonly cpus: number;
  /** Processor time all CPUs spent on anything, user and system. */
  readonly busyNs: number | null;
  /** Time a hypervisor ran something else on our virtual CPUs. */
  readonly stolenNs: number | null;
  /** Time this control group was held back for having used up its quota. */
  readonly throttledNs: number | null;
  /** Times a core lowered its clock for heat. */
  readonly thermalEvents: number | null;
  /** Processor time of this process itself. */
  readonly ownNs: number;
  /** Time a fixed piece of arithmetic takes now: what the clock gives, where no file tells it. */
  readonly spinNs: number;
}

export interface HostProbe {
  sample(): HostSample;
}
