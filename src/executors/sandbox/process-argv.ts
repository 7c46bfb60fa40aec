/**
 * A plain process: it only ends with Fettle, where setpriv can arrange that. Root's process has no capabilities, so that
 * files made read-only, the store's above all, are so for it too.
 */
export function processArgv(hasSetpriv: boolean, isRoot = process.getuid?.() === 0): string[] {
  if (!hasSetpriv) return [];
  const powerless = isRoot ? ["--inh-caps=-all", "--bounding-set=-all"] : [];
  return ["setpriv", "--pdeathsig", "KILL", "--no-new-privs", ...powerless, "--"];
}
