import type { ColumnRef } from '../../featurestore/contract/index.js';
import type { RowMatrix } from '../bundle/index.js';
import { contributionsByGroup, type Explanation } from './explain.js';

/** An explanation as a report keeps it: the strongest columns one by one, the others as one sum. Serialisable as JSON. */
export interface ExplanationSummary {
  /** What the margin is: `log-odds of death`, `log-hazard`. Higher is always worse. */
  readonly scale: string;
  /** Margin that the model expects of nobody in particular. */
  readonly expected: number;
  /** Strongest first, by the mean of |contribution| over the patients. */
  readonly columns: readonly (Pick<ColumnRef, 'group' | 'feature'> & { readonly meanAbsolute: number })[];
  /** How many columns the sums called `rest` stand for. */
  readonly restColumns: number;
  /** Mean of |sum of the contributions of a modality| over the patients. */
  readonly groups: readonly { readonly name: string; readonly meanAbsolute: number }[];
  /** expected + contributions + rest = margin. */
  readonly patients: readonly {
    readonly patientId: string;
    readonly margin: number;
    /** Shape (columns). */
    readonly contributions: readonly number[];
    readonly rest: number;
    /** Raw values of the columns, null = missing. */
    readonly values: readonly (number | null)[];
  }[];
}

/** Columns that are kept one by one. */
const mostColumns = 40;

/**
 * Summarises an explanation for a report.
 * @param columns    of the raw matrix
 * @param patientIds of its rows
 * @param scale      what the margin is, in words
 */
export function summariseExplanation(
  { expected, contributions, margin }: Explanation,
  columns: readonly ColumnRef[],
  raw: RowMatrix,
  patientIds: readonly string[],
  scale: string,
): ExplanationSummary {
  const { n, p } = raw;
  const meanAbsolute = columns.map((_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(contributions[i * p + j] as number);
    return sum / n;
  });
  const order = columns.map((_, j) => j).sort((a, b) => (meanAbsolute[b] ?? 0) - (meanAbsolute[a] ?? 0) || a - b);
  const shown = order.filter((j) => (meanAbsolute[j] ?? 0) > 0).slice(0, mostColumns);
  const groups = contributionsByGroup(
    contributions,
    columns.map((column) => column.group),
  );
  return {
    scale,
    expected,
    columns: shown.map((j) => {
      const { group, feature } = columns[j] as ColumnRef;
      return { group, feature, meanAbsolute: meanAbsolute[j] as number };
    }),
    restColumns: p - shown.length,
    groups: [...groups].map(([name, sums]) => ({
      name,
      meanAbsolute: sums.reduce((total, x) => total + Math.abs(x), 0) / n,
    })),
    patients: patientIds.map((patientId, i) => {
      const own = shown.map((j) => contributions[i * p + j] as number);
      const rest = (margin[i] as number) - expected - own.reduce((sum, x) => sum + x, 0);
      const values = shown.map((j) => raw.rows[i * p + j] as number);
      return {
        patientId,
        margin: margin[i] as number,
        contributions: own,
        rest: shown.length === p ? 0 : rest,
        values: values.map((value) => (Number.isNaN(value) ? null : value)),
      };
    }),
  };
}
