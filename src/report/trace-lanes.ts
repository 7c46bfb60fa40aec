/** Gives what runs at the same time different tracks, and what runs one after another the same ones. */
export interface Lanes {
  /** The lane of a holder: the one it has, or the lowest free one, from 0. */
  take(holder: string): number;
  release(holder: string): void;
}

export function createLanes(): Lanes {
  const holders: (string | null)[] = [];
  return {
    take(holder) {
      const held = holders.indexOf(holder);
      if (held >= 0) return held;
      const free = holders.indexOf(null);
      const lane = free >= 0 ? free : holders.length;
      holders[lane] = holder;
      return lane;
    },
    release(holder) {
      const held = holders.indexOf(holder);
      if (held >= 0) holders[held] = null;
    },
  };
}
