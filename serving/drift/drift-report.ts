import type { LoadedModel } from '../models/loaded-model.js';
import type { ClassCounts } from './class-counts.js';
import { type DriftNumbers, driftedFrom, driftNumbers } from './stability.js';

/** A column beside its training. */
export interface FeatureDrift extends DriftNumbers {
  readonly feature: string;
  readonly modality: string;
}

/** A model's latest rows beside its training. */
export interface ModelDrift {
  readonly model: string;
  readonly version: string;
  readonly modelId: string;
  /** Rows in the window. */
  readonly rows: number;
  /** Rows below which no number is given. */
  readonly leastRows: number;
  /** Of the predicted risks; null with a reason. */
  readonly prediction: DriftNumbers | null;
  /** Columns with an index of 0.2 or more; null with a reason. */
  readonly above: number | null;
  /** Those of them that are above chance, too. */
  readonly drifted: number | null;
  /** Every column, the greatest index first, those without an index last. */
  readonly features: readonly FeatureDrift[];
  /** Why there are no numbers at all. */
  readonly reason?: string;
}

/** Said of a model whose bundle does not hold how its training was distributed. */
export const noReference =
  'the bundle holds no distribution of its training: it came from elsewhere, or from a version of before it was kept';

/**
 * A model's latest rows beside its training.
 * @param counts    undefined for a model without a reference, or that has not answered yet
 * @param leastRows below which no number is given
 */
export function driftReport(
  { name, version, manifest, predictor }: Pick<LoadedModel, 'name' | 'version' | 'manifest' | 'predictor'>,
  counts: ClassCounts | undefined,
  leastRows: number,
): ModelDrift {
  const about = { model: name, version, modelId: manifest.modelId, rows: counts?.rows ?? 0, leastRows };
  const { reference, columns } = manifest;
  if (reference === undefined || counts === undefined) {
    const reason = reference === undefined ? noReference : 'it has answered no rows of raw features yet';
    return { ...about, prediction: null, above: null, drifted: null, features: [], reason };
  }
  const features = reference.columns.map((before, j) => ({
    feature: predictor.featureNames[j] as string,
    modality: columns[j]?.group ?? '',
    ...driftNumbers(before, counts.of(j), leastRows),
  }));
  const known = features.filter(({ psi }) => psi !== null);
  const count = (test: (one: FeatureDrift) => boolean) => (known.length === 0 ? null : known.filter(test).length);
  return {
    ...about,
    prediction: driftNumbers(reference.risk, counts.of(columns.length), leastRows),
    above: count(({ psi }) => (psi as number) >= driftedFrom),
    drifted: count(({ drifted }) => drifted === true),
    features: features.sort((a, b) => (b.psi ?? -1) - (a.psi ?? -1)),
  };
}
