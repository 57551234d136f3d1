/** A time in UTC, to the second. */
export function timeText(time: number | string): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** The beginning of a digest, enough to tell two apart. */
export function digestText(digest: string): string {
  return digest.slice(0, 12);
}

/** A value of the store as text; missing is a dash. */
export function valueText(value: string | number | boolean | null): string {
  return value === null ? '–' : String(value);
}

/** Up to six significant digits. */
export function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : String(Number(value.toPrecision(6)));
}
