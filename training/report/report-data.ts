import type { Estimate, ModelColumn } from '../bundle/index.js';
import type { PairedDifference } from '../evaluate/index.js';
import type { ExplanationSummary } from '../explain/index.js';

/** One patient's honest prediction (made by a model that never saw the patient). */
export interface ScoredPatient {
  readonly patientId: string;
  /** Probability of death. */
  readonly probability: number;
  readonly dead: boolean;
  /** Days from surgery; NaN when unknown. */
  readonly timeDays: number;
}

type Metrics = Readonly<Record<string, Estimate>>;

/** What `thoracle evaluate --json` prints, as far as the report shows it. */
export interface NestedEvaluation {
  readonly task: string;
  readonly dataset: { readonly patients: number; readonly events: number; readonly features: number };
  /** How the numbers were estimated, in one sentence. */
  readonly evaluation: string;
  readonly metrics: Metrics;
  readonly baselines: Readonly<Record<string, Metrics>>;
  /** By the names of the modalities, joined by hyphens. */
  readonly subsets: Readonly<
    Record<string, { readonly patients: number; readonly events: number; readonly metrics: Metrics }>
  >;
  /** Model less reference recipe. */
  readonly comparison: Readonly<Record<string, PairedDifference>>;
  readonly warnings: readonly string[];
}

/** Everything the report shows, and nothing it has to compute from raw data. Serialisable as JSON. */
export interface ReportData {
  readonly title: string;
  readonly modelId: string;
  readonly recipe: string;
  readonly modalities: readonly string[];
  readonly seed: number;
  readonly warnings: readonly string[];
  readonly dataset: {
    readonly digest: string;
    readonly patients: number;
    readonly events: number;
    readonly features: number;
    /** Patients with a record in every modality, and without. */
    readonly complete: number;
    readonly incomplete: number;
    readonly perModality: readonly { readonly name: string; readonly patients: number; readonly features: number }[];
    readonly leftOut: readonly { readonly patientId: string; readonly reason: string }[];
    /** Columns that were constant or empty in training and therefore dropped. */
    readonly unusable: readonly string[];
  };
  /** How `metrics` were estimated, in one sentence. */
  readonly evaluation: string;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** The same metrics of the majority-class baseline. */
  readonly baseline: Readonly<Record<string, Estimate>>;
  /** Metrics of the held-out 20 %, when `metrics` are cross-validated; null otherwise. */
  readonly holdout: Readonly<Record<string, Estimate>> | null;
  /** The predictions that `metrics` were computed from. */
  readonly scored: readonly ScoredPatient[];
  readonly threshold: number;
  /** With a horizon, `probability` is that of death within so many days. */
  readonly horizonDays?: number;
  /** What the model's answers are made of; null or left out where that is not known. */
  readonly explanation?: ExplanationSummary | null;
  /** Nested cross-validation beside baselines and subsets; null or left out where none was run. */
  readonly nested?: NestedEvaluation | null;
  /** Columns that entered the PCA, in the order of the loadings; null without a PCA. */
  readonly pca: {
    readonly columns: readonly ModelColumn[];
    /** Row-major (components x columns): unit-length rows. */
    readonly components: readonly (readonly number[])[];
    readonly explainedVarianceRatio: readonly number[];
    /** Shares of all components, kept or not, for the scree curve. */
    readonly allExplainedVarianceRatio: readonly number[];
    /** Correlation of each column with PC1 and PC2, shape (columns x 2). */
    readonly correlations: readonly (readonly [number, number])[];
  } | null;
  readonly excluded: readonly { readonly column: string; readonly role: string }[];
  readonly lineage: {
    readonly thoracleVersion: string;
    readonly xgboostVersion: string;
    readonly groups: readonly { readonly name: string; readonly version: number; readonly settingsDigest: string }[];
  };
}
