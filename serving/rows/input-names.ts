import { type NameBytes, nameBytes } from './name-bytes.js';

/** What the numbers of a row are: the model's raw columns, or the principal components that its steps would make of them. */
export type InputKind = 'features' | 'components';

/** Rows ready for a predictor. */
export interface InputRows {
  readonly kind: InputKind;
  /** Row-major, shape (n x features or components), NaN = missing; n >= 1. */
  readonly rows: Float64Array;
}

/** A list of names with the place of each. */
export interface NameList {
  readonly kind: InputKind;
  readonly names: readonly string[];
  readonly at: ReadonlyMap<string, number>;
  readonly inJson: NameBytes;
}

/** What a row may be by name, made once for each model. */
export interface InputNames {
  readonly features: NameList;
  /** Without names when the model has none. */
  readonly components: NameList;
  /** Some name could be a number, so that a row of numbers may be a header. */
  readonly numericNames: boolean;
}

/**
 * Makes the lists of a model's names.
 * @param componentNames none for a model that takes its columns as they are
 */
export function inputNames(featureNames: readonly string[], componentNames: readonly string[] = []): InputNames {
  const list = (kind: InputKind, names: readonly string[]): NameList => ({
    kind,
    names,
    at: new Map(names.map((name, i) => [name, i] as const)),
    inJson: nameBytes(names),
  });
  const numericNames = [...featureNames, ...componentNames].some(
    (name) => name === '' || Number.isFinite(Number(name)),
  );
  return { features: list('features', featureNames), components: list('components', componentNames), numericNames };
}

/** The list that a row without names is of, by its width: the raw columns unless only the components fit. */
export function listOfWidth({ features, components }: InputNames, width: number): NameList {
  return width !== features.names.length && width === components.names.length ? components : features;
}
