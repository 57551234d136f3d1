import { readFileSync } from 'node:fs';

/** Cases of a file under training/reference (each file says in its header how it was made). */
export function referenceCases<T>(name: string): T {
  const text = readFileSync(new URL(`../reference/${name}`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly cases: T }).cases;
}

/** Largest difference of two lists, relative to the larger of 1 and the expected value. */
export function worstDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] as number;
    const off = Math.abs((found[i] as number) - wanted) / Math.max(1, Math.abs(wanted));
    worst = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(worst, off);
  }
  return worst;
}
