import type { Estimate } from '../../bundle/index.js';

/** `0.713`; `n/a` when there is no number. */
export function fixed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'n/a';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** `71.3 %` of a share in [0, 1]. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${fixed(share * 100, digits)} %` : 'n/a';
}

/** `0.713 (0.640 to 0.780)`. */
export function interval({ value, low, high }: Estimate): string {
  return `${fixed(value)} (${fixed(low)} to ${fixed(high)})`;
}

export function pValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${fixed(p)}`;
}

/** `1 patient`, `2 patients`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** A long name cut in its middle, where feature names differ least. */
export function shortened(name: string, most: number): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`;
}
