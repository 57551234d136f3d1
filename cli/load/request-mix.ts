import type { PlannedRequest } from './exchange.js';

/** The part of `GET /model` that says what a row is. */
interface ModelDocument {
  readonly columns: readonly { readonly feature: string; readonly group: string }[];
  readonly ranges: readonly (readonly [number, number] | null)[];
}

/** Requests of a mix: 7 rows as CSV, 2 records as JSON and 1 look at the health, as an endpoint meets them. */
const mix = ['csv', 'csv', 'json', 'csv', 'csv', 'ping', 'csv', 'json', 'csv', 'csv'] as const;
/** Different rows, so that no answer could be remembered. */
const rounds = 10;
/** Share of values that are missing. */
const missingEvery = 20;

/**
 * Requests for a model, with values spread evenly over what it saw in training.
 * @param headers sent with each, such as a key
 */
export function requestMix(
  { columns, ranges }: ModelDocument,
  headers: Readonly<Record<string, string>> = {},
): readonly PlannedRequest[] {
  let turn = 0;
  const value = (c: number): number | null => {
    turn++;
    // Never the first: a row without any value would be refused.
    if (c > 0 && turn % missingEvery === 0) return null;
    const [low, high] = ranges[c] ?? [0, 0];
    const share = (turn * goldenShare) % 1;
    return low + (high - low) * share;
  };
  return Array.from({ length: rounds }, () => mix)
    .flat()
    .map((kind): PlannedRequest => {
      if (kind === 'ping') return { method: 'GET', path: '/ping', headers };
      const values = columns.map((_, c) => value(c));
      const body = kind === 'csv' ? values.map((v) => v ?? '').join(',') : JSON.stringify({ instances: [values] });
      const type = kind === 'csv' ? 'text/csv' : 'application/json';
      return { method: 'POST', path: '/invocations', headers: { 'Content-Type': type, ...headers }, body };
    });
}

/** Multiples of the golden ratio fill an interval evenly (Weyl 1916). */
const goldenShare = 0.618_033_988_749_894_9;
