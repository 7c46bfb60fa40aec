/** A plain process: it only ends with Fettle, where setpriv can arrange that. */
export function processArgv(hasSetpriv: boolean): string[] {
  return hasSetpriv ? ["setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--"] : [];
}
