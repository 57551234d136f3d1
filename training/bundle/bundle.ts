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

/** What a model predicts. */
export type ModelTask =
  /** Dead or alive when last seen. */
  | { readonly kind: 'status' }
  /** Dead or alive at a horizon, days from surgery. */
  | { readonly kind: 'horizon'; readonly horizonDays: number }
  /** Survival over time. */
  | { readonly kind: 'survival' };

/** What turns the rows behind a member's steps into one number each, its margin. */
export type MemberModel =
  /** intercept + sum of coefficient x input. */
  | { readonly kind: 'linear'; readonly intercept: number; readonly coefficients: readonly number[] }
  /** The untransformed sum of an XGBoost model: the file beside the manifest (XGBoost's own JSON) and its SHA-256 in hex. */
  | { readonly kind: 'booster'; readonly file: string; readonly sha256: string };

/** One chain from the raw columns to a margin. A bundle holds one, or several whose margins are added up (an ensemble, a stack). */
export interface Member {
  readonly name: string;
  /** Factor of its margin in the sum. */
  readonly weight: number;
  readonly steps: readonly Step[];
  /** Names of the model's inputs: `PC1` … or the columns. */
  readonly inputs: readonly string[];
  readonly model: MemberModel;
}

/**
 * What the margin (sum of weight x margin over the members) means: risk = `intercept` + `slope` x margin, higher = worse.
 */
export type Answer =
  /** Probability of death = 1 / (1 + exp(-risk)). */
  | { readonly kind: 'probability'; readonly slope: number; readonly intercept: number }
  /** Survival at t = exp(-H(t) exp(risk)); H is the cumulative baseline hazard, a step function; it may be empty (unknown). */
  | {
      readonly kind: 'hazard';
      readonly slope: number;
      readonly intercept: number;
      readonly baseline: { readonly timeDays: readonly number[]; readonly cumulative: readonly number[] };
    }
  /** ln(days) = -risk + `scale` x noise of the distribution (accelerated failure time). */
  | {
      readonly kind: 'log-time';
      readonly slope: number;
      readonly intercept: number;
      readonly distribution: 'normal' | 'logistic' | 'extreme';
      readonly scale: number;
    };

/** Groups of patients by risk; `names` has one entry more than `cuts`. */
export interface RiskGroups {
  /** Ascending risks; a patient belongs to the group behind the last cut that is not above the own risk. */
  readonly cuts: readonly number[];
  /** Lowest risk first. */
  readonly names: readonly string[];
}

/** How many values of the training fell between edges: numbers of patients. */
export interface ReferenceCounts {
  /** Ascending, at most 9: the deciles, equal ones once. A value belongs to the first edge that is not below it, in float32, else behind the last. */
  readonly edges: readonly number[];
  /** One more than edges. */
  readonly counts: readonly number[];
  readonly missing: number;
}

/** What patients of the training were like, to tell later ones from them. */
export interface ReferenceDistribution {
  /** One for each raw input, in their order. */
  readonly columns: readonly ReferenceCounts[];
  /** Of risks that were predicted for patients by a model that had not seen them. */
  readonly risk: ReferenceCounts;
}

/** Everything needed to predict and to know where the model comes from. Written as a folder; holds no clock value. */
export interface BundleManifest {
  readonly formatVersion: 2;
  /** Content hash: same data, recipe and seed give the same id. */
  readonly modelId: string;
  readonly task: ModelTask;
  /** How it was fitted: a name of `train --recipe`, or `imported`. */
  readonly recipe: string;
  /** The raw inputs, in order. */
  readonly columns: readonly ModelColumn[];
  /** Smallest and largest training value per column (null: never seen). */
  readonly ranges: readonly (readonly [number, number] | null)[];
  /** One or more. */
  readonly members: readonly Member[];
  readonly answer: Answer;
  /** Probability at or above which the answer is 1 (dead); null for survival over time. */
  readonly threshold: number | null;
  /** Null where risks were not grouped. */
  readonly riskGroups: RiskGroups | null;
  /** Settings that were chosen by cross-validation inside the training, for people. */
  readonly chosen: Readonly<Record<string, number | string>>;
  readonly trainedOn: {
    readonly datasetDigest: string;
    readonly patients: number;
    readonly events: number;
    readonly modalities: readonly string[];
    readonly seed: number;
  };
  /** Absent in models from elsewhere, and in bundles of before it was kept. */
  readonly reference?: ReferenceDistribution;
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly baseline: Readonly<Record<string, Estimate>>;
  /** Sentences that must travel with the model (leaky columns, small sample). */
  readonly warnings: readonly string[];
  readonly lineage: {
    readonly groups: readonly { readonly name: string; readonly version: number; readonly settingsDigest: string }[];
    readonly thoracleVersion: string;
    /** Empty where XGBoost took no part. */
    readonly xgboostVersion: string;
  };
}

/** A fitted model: what `manifest.json` and the booster files of its folder hold. */
export interface ModelBundle {
  readonly manifest: BundleManifest;
  /** XGBoost's JSON models by file name, parsed; empty where all members are linear. */
  readonly boosters: Readonly<Record<string, unknown>>;
}
