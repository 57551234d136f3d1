import { CohortError, cohortErrors } from './errors.js';

/**
 * Refuses option names that nobody reads.
 * @throws CohortError COHORT_UNKNOWN_OPTION
 */
export function refuseUnknownOptions(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new CohortError('COHORT_UNKNOWN_OPTION', cohortErrors.COHORT_UNKNOWN_OPTION(name, known));
    }
  }
}

/**
 * A whole number within [low, high].
 * @throws CohortError COHORT_BAD_OPTION
 */
export function wholeNumber(name: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  const expected = `a whole number from ${low} to ${high}`;
  throw new CohortError('COHORT_BAD_OPTION', cohortErrors.COHORT_BAD_OPTION(name, String(value), expected));
}
