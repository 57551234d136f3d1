import type { ReferenceCounts, ReferenceDistribution, RowMatrix } from './bundle/index.js';

const classes = 10;
/** Digits that tell one float32 from another. */
const edgeDigits = 9;
/** Keeps the log-odds of a probability of 0 or 1 finite. */
const leastProbability = 1e-7;

/**
 * Counts values between the deciles of themselves: what later values are held against. No value of a patient is kept but where it is an edge. Values are compared in
 * float32, so that the same number computed in another order falls into the same class.
 * @param values NaN = missing; in any order
 * @see numpy.quantile, method "linear", for the deciles
 */
export function referenceCounts(values: Float64Array): ReferenceCounts {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const deciles = known.length === 0 ? [] : Array.from({ length: classes - 1 }, (_, k) => (k + 1) / classes);
  const edges = [...new Set(deciles.map((share) => Math.fround(quantile(known, share)) + 0))];
  const counts = new Array<number>(edges.length + 1).fill(0);
  let at = 0;
  for (const value of known) {
    while (at < edges.length && Math.fround(value) > (edges[at] as number)) at++;
    counts[at] = (counts[at] as number) + 1;
  }
  const written = edges.map((edge) => Number(edge.toPrecision(edgeDigits)));
  return { edges: written, counts, missing: values.length - known.length };
}

/** @param sorted not empty */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] as number;
  const high = sorted[Math.ceil(place)] as number;
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * What goes into the bundle, so that a server can tell later patients from those of the training.
 * @param matrix raw columns of the training
 * @param risks  of patients that the model which scored them had not seen
 */
export function referenceDistribution({ rows, n, p }: RowMatrix, risks: Float64Array): ReferenceDistribution {
  return {
    columns: Array.from({ length: p }, (_, j) =>
      referenceCounts(Float64Array.from({ length: n }, (_, i) => rows[i * p + j] as number)),
    ),
    risk: referenceCounts(risks),
  };
}

/** Probabilities as log-odds. */
export function logOdds(probabilities: Iterable<number>): Float64Array {
  return Float64Array.from(probabilities, (probability) => {
    const inside = Math.min(Math.max(probability, leastProbability), 1 - leastProbability);
    return Math.log(inside / (1 - inside));
  });
}
