/** Days since 1970-01-01; dates are days, never clock values. */
export type Day = number;

const msPerDay = 86_400_000;

export function dayOf(year: number, month: number, day: number): Day {
  return Date.UTC(year, month - 1, day) / msPerDay;
}

/** `M/D/YYYY` without leading zeros, as in the clinical table. */
export function tableDate(day: Day): string {
  const date = new Date(day * msPerDay);
  return `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
}

/** `YYYYMMDD` (VR DA). */
export function dicomDate(day: Day): string {
  return new Date(day * msPerDay).toISOString().slice(0, 10).replaceAll('-', '');
}

export function yearOf(day: Day): number {
  return new Date(day * msPerDay).getUTCFullYear();
}
