/** An entry of a hash-checked lock. */
export interface LockedPackage {
  /** In the form of PEP 503: lower case, `-`. */
  readonly name: string;
  readonly version: string;
  /** It is only for some platforms or versions of Python. */
  readonly conditional: boolean;
}

/** The packages a requirements.lock pins: lines such as `numpy==2.4.6 ; python_version < "3.13" \`. */
export function lockedPackages(text: string): LockedPackage[] {
  return text.split("\n").flatMap((line) => {
    const [, name, version, rest = ""] = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(.*)$/.exec(line) ?? [];
    if (name === undefined || version === undefined) return [];
    return [{ name: packageName(name), version, conditional: rest.includes(";") }];
  });
}

/** PEP 503: names that differ only in case, `-`, `_` and `.` are the same package. */
export function packageName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
