/** Days as people say them: months below two years, then years. */
export function daysText(days: number | null): string {
  if (days === null) return 'not reached';
  const months = days / 30.4375;
  return months < 24 ? `${months.toFixed(1)} months` : `${(days / 365.25).toFixed(1)} years`;
}

/** A share as a whole per cent. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Two shares as an interval in per cent. */
export function interval(low: number, high: number): string {
  return `${Math.round(100 * low)} to ${Math.round(100 * high)} %`;
}

/** A P value as papers print it. */
export function pText(p: number): string {
  return p < 0.001 ? 'P < 0.001' : `P = ${p.toFixed(3)}`;
}
