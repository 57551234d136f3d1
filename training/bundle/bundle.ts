import type { ColumnRef, Role } from '../../featurestore/contract/index.js';

/** A model input: a column of the store, in the model's order. */
export interface ModelColumn extends ColumnRef {
  readonly role: Role;
  readonly unit: string;
}

/**
 * One fitted step; each maps a row of `inputs` numbers to a row of `outputs` numbers, NaN = missing.
 * Arrays are plain numbers so that the bundle is JSON.
 */
export type Step =
  /** x -> log(1 + x) at these positions; the others pass. */
  | { readonly kind: 'log1p'; readonly at: readonly number[] }
  /** NaN -> value of the column (a training median, or a constant). */
  | { readonly kind: 'impute'; readonly values: readonly number[] }
  /** Keeps these positions, in this order (columns that were constant or empty in training are gone). */
  | { readonly kind: 'select'; readonly at: readonly number[] }
  /** (x - mean) / scale, scale > 0. */
  | { readonly kind: 'scale'; readonly mean: readonly number[]; readonly scale: readonly number[] }
  /** Projection on principal components: row-major (components x inputs); input already centred. */
  | {
      readonly kind: 'pca';
      readonly inputs: number;
      readonly components: readonly (readonly number[])[];
      /** Share of the training variance per kept component, descending. */
      readonly explainedVarianceRatio: readonly number[];
    };

/** `low` and `high` bound the 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Everything needed to predict and to know where the model comes from. Written as a folder; holds no clock value. */
export interface BundleManifest {
  readonly formatVersion: 1;
  /** Content hash: same data, recipe and seed give the same id. */
  readonly modelId: string;
  readonly task: 'status';
  readonly recipe: 'default' | 'reference';
  /** The raw inputs, in order. */
  readonly columns: readonly ModelColumn[];
  readonly steps: readonly Step[];
  /** Smallest and largest training value per column (null: never seen). */
  readonly ranges: readonly (readonly [number, number] | null)[];
  /** Names of the booster's inputs: `PC1` … or the columns. */
  readonly boosterInputs: readonly string[];
  /** Probability at or above which the answer is 1 (dead). */
  readonly threshold: number;
  readonly trainedOn: {
    readonly datasetDigest: string;
    readonly patients: number;
    readonly events: number;
    readonly modalities: readonly string[];
    readonly seed: number;
  };
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly baseline: Readonly<Record<string, Estimate>>;
  /** Sentences that must travel with the model (leaky columns, small sample). */
  readonly warnings: readonly string[];
  readonly lineage: {
    readonly groups: readonly { readonly name: string; readonly version: number; readonly settingsDigest: string }[];
    readonly thoracleVersion: string;
    readonly xgboostVersion: string;
  };
  /** SHA-256 (hex) of the booster file `model.json` (XGBoost's own JSON). */
  readonly boosterSha256: string;
}

/** A fitted model: what `manifest.json` and `model.json` of its folder hold. */
export interface ModelBundle {
  readonly manifest: BundleManifest;
  /** XGBoost's JSON model, parsed. */
  readonly booster: unknown;
}
