/** Time as reporters see it; tests hand in one they move themselves. */
export interface Clock {
  /** Milliseconds since the epoch, as the `at` of events. */
  now(): number;
  /** Calls back again and again; gives the function that ends it. Never keeps the process alive. */
  every(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  every(milliseconds, callback) {
    const timer = setInterval(callback, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};
