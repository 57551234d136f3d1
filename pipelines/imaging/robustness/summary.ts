import { type IccSet, intraclassCorrelations } from './icc.js';
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
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / (values.length - 1));
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

/** Robustness of a feature over patients. */
export interface FeatureRobustness {
  readonly feature: string;
  /** null when the feature has one value throughout. */
  readonly icc: IccSet | null;
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
    return { feature, icc: intraclassCorrelations(rows) };
  });
  return { features, used, leftOut };
}
