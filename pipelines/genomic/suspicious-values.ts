import type { Finding } from '../stage.js';
import { nameSome } from './errors.js';
import type { ExpressionMatrix } from './expression-matrix.js';

/** A value this many times the gene's median over the samples that express it is taken for an error of the source. */
export const absurdRatio = 1e4;
/** A median over fewer samples says nothing. */
const fewestExpressing = 5;

/**
 * Values that no measurement explains: more than `absurdRatio` times the median of the gene's positive values, or negative.
 * They are reported and kept: what to do about an outlier is decided where the model is fitted.
 */
export function suspiciousValues(matrix: ExpressionMatrix): readonly Finding[] {
  const findings: Finding[] = [];
  const negative: string[] = [];
  const width = matrix.samples.length;
  for (const [g, gene] of matrix.genes.entries()) {
    const row = matrix.values.subarray(g * width, (g + 1) * width);
    const limit = absurdRatio * medianOfPositive(row);
    for (let s = 0; s < width; s++) {
      const value = row[s] as number;
      if (value > limit) findings.push(absurd(gene, matrix.samples[s] as string, value, limit / absurdRatio));
      if (value < 0) negative.push(`${gene} in ${matrix.samples[s]}`);
    }
  }
  if (negative.length > 0) {
    findings.push({
      severity: 'warning',
      code: 'GENOMIC_NEGATIVE_VALUE',
      message: `${negative.length} values are negative, which FPKM cannot be (is the matrix on a log scale?): ${nameSome(negative, 5)}; they are kept`,
    });
  }
  return findings;
}

/** NaN when too few values are positive; a comparison with it is false. */
function medianOfPositive(row: Float64Array): number {
  const positive = row.filter((value) => value > 0).sort();
  if (positive.length < fewestExpressing) return Number.NaN;
  const middle = positive.length >> 1;
  const upper = positive[middle] as number;
  return positive.length % 2 === 1 ? upper : ((positive[middle - 1] as number) + upper) / 2;
}

function absurd(gene: string, sample: string, value: number, median: number): Finding {
  return {
    severity: 'warning',
    code: 'GENOMIC_ABSURD_VALUE',
    message: `${gene} in ${sample} is ${value}, more than ${absurdRatio} times the median ${Number(median.toPrecision(3))} of the samples that express it; the value is kept`,
    patientId: sample,
    column: gene,
  };
}
