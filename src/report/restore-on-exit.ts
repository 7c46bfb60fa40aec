const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls `restore` when the process ends before the returned function is called: by exit, by an uncaught error or by a
 * signal. A signal that nobody else listens for still ends the process as if nobody had listened.
 */
export function restoreOnExit(restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    // Whoever else listens decides what the signal means, and ends the reporter in its own time.
    if (process.listenerCount(signal) > 1) return;
    stop();
    restore();
    process.kill(process.pid, signal);
  };
  const stop = (): void => {
    process.off("exit", restore);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on("exit", restore);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return stop;
}
