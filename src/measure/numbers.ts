/** A measured number for a sentence: three digits, as short as they get. */
export function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** A share between 0 and 1 as a percentage: `41.9 %`. */
export function percent(share: number): string {
  return `${short(share * 100)} %`;
}

/** A count with thousands set apart: `1,234,567`. */
export function grouped(value: number): string {
  return value.toLocaleString("en-GB");
}

/** `1,234,567 elements`. */
export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? "" : "s"}`;
}
