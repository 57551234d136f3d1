import type { Step } from '../../../training/bundle/index.js';

/**
 * What a chain of steps fills in for a missing raw column: the value of its first imputation, in the units of the raw column.
 * @param width number of raw columns
 * @returns shape (width); null where the chain drops the column before it fills anything in, or fills in nothing
 */
export function filledIn(steps: readonly Step[], width: number): readonly (number | null)[] {
  const filled = new Array<number | null>(width).fill(null);
  // The raw column at each position of the row, and whether its logarithm is there.
  let at = Array.from({ length: width }, (_, column) => ({ column, isLog: false }));
  for (const step of steps) {
    if (step.kind === 'log1p') {
      const logs = new Set(step.at);
      at = at.map((place, position) => (logs.has(position) ? { ...place, isLog: true } : place));
    } else if (step.kind === 'select') {
      at = step.at.map((position) => at[position] as (typeof at)[number]);
    } else if (step.kind === 'impute') {
      for (const [position, { column, isLog }] of at.entries()) {
        const value = step.values[position] as number;
        filled[column] = isLog ? Math.expm1(value) : value;
      }
      return filled;
    } else {
      return filled;
    }
  }
  return filled;
}
