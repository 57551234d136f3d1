import { type Icc, type IccSet, intraclassCorrelations } from './icc.js';
import type { PerturbedFeatures } from './perturb.js';

/** How much a feature of one patient moves under perturbation. */
export interface FeatureSpread {
  readonly feature: string;
  readonly original: number;
  readonly mean: number;
  /** Standard deviation (n - 1) over the perturbations that could be measured. */
  readonly standardDeviation: number;
  /** Standard deviation over |mean|; null when the mean is 0. */
  readonly coefficientOfVariation: number | null;
  readonly measured: number;
}

/** Spread of each feature over the perturbations of one patient; features with fewer than two values are left out. */
export function featureSpread({ original, repeats }: PerturbedFeatures): readonly FeatureSpread[] {
  const done = repeats.filter((r): r is ReadonlyMap<string, number> => r instanceof Map);
  return [...original].flatMap(([feature, value]) => {
    const values = done.flatMap((repeat) => repeat.get(feature) ?? []);
    if (values.length < 2) return [];
    const { mean, deviation } = meanAndDeviation(values);
    return {
      feature,
      original: value,
      mean,
      standardDeviation: deviation,
      coefficientOfVariation: mean === 0 ? null : deviation / Math.abs(mean),
      measured: values.length,
    };
  });
}

/** How far an intraclass correlation can be relied on. */
export type Reliability = 'poor' | 'moderate' | 'good' | 'excellent';

/**
 * Class of a correlation: poor below 0.5, moderate below 0.75, good below 0.9, excellent from there on.
 * @see Koo and Li, J Chiropr Med 2016;15:155-163
 */
export function reliability(icc: number): Reliability {
  if (icc < 0.5) return 'poor';
  if (icc < 0.75) return 'moderate';
  return icc < 0.9 ? 'good' : 'excellent';
}

/** Robustness of a feature over patients. */
export interface FeatureRobustness {
  readonly feature: string;
  /** null when the feature has one value throughout. */
  readonly icc: IccSet | null;
  /** Class of ICC(1,1), and of the lower end of its interval; null without a correlation. */
  readonly reliability: { readonly estimate: Reliability; readonly atLeast: Reliability } | null;
  /**
   * Within-patient coefficient of variation: root mean square, over the patients, of standard deviation over |mean|; null
   * when a mean is 0.
   * @see Raunig et al., Stat Methods Med Res 2015;24:27-67
   */
  readonly coefficientOfVariation: number | null;
}

/**
 * Intraclass correlation of each feature over patients and perturbations. A patient with a perturbation that could not be
 * measured is left out.
 * @returns the features, and the subjects left out; no feature when fewer than two patients remain
 */
export function featureRobustness(patients: readonly PerturbedFeatures[]): {
  readonly features: readonly FeatureRobustness[];
  readonly used: readonly string[];
  readonly leftOut: readonly string[];
} {
  const complete = patients.filter(({ repeats }) => repeats.every((r) => r instanceof Map));
  const used = complete.map(({ subject }) => subject);
  const leftOut = patients.map(({ subject }) => subject).filter((subject) => !used.includes(subject));
  if (complete.length < 2) return { features: [], used, leftOut };
  const names = [...(complete[0]?.original.keys() ?? [])];
  const features = names.map((feature) => {
    const rows = complete.map(({ repeats }) =>
      repeats.map((r) => (r instanceof Map ? (r.get(feature) ?? Number.NaN) : Number.NaN)),
    );
    const icc = intraclassCorrelations(rows);
    return {
      feature,
      icc,
      reliability: icc && classes(icc.icc11),
      coefficientOfVariation: withinVariation(rows),
    };
  });
  return { features, used, leftOut };
}

function classes({ value, low }: Icc) {
  return { estimate: reliability(value), atLeast: reliability(low) };
}

function withinVariation(rows: readonly (readonly number[])[]): number | null {
  let squares = 0;
  for (const row of rows) {
    const { mean, deviation } = meanAndDeviation(row);
    if (mean === 0) return null;
    squares += (deviation / mean) ** 2;
  }
  return Math.sqrt(squares / rows.length);
}

/** @param values at least two; the deviation is that of a sample (n - 1) */
function meanAndDeviation(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / (values.length - 1)) };
}
