import type { FeatureType } from './feature.js';

/** From `fromMs` on and before `beforeMs`, milliseconds since 1970 UTC. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly beforeMs: number;
}

/** Which records are described, and how finely. */
export interface StatisticsOptions {
  /** Default all, record id and event time left out. */
  readonly features?: readonly string[];
  /** Only records of this version; default the records of all versions. */
  readonly version?: number;
  /** Only records with an event time in it; default all. */
  readonly window?: TimeWindow;
  /** Only rows written at or before this (milliseconds since 1970 UTC). */
  readonly knownAtMs?: number;
  /** Bins of equal width between least and greatest value, 1 to 1000; default 10. */
  readonly bins?: number;
  /** Most frequent values that are listed, 0 to 1000; default 10. */
  readonly top?: number;
  /** Each from 0 to 1; default 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  readonly quantiles?: readonly number[];
}

/** Numbers about the values of one feature; infinities are counted apart and enter nothing else. */
export interface NumericSummary {
  /** Null when there is no finite value; `sd` (n - 1) when there are fewer than two. */
  readonly mean: number | null;
  readonly sd: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Linear interpolation between order statistics (Hyndman & Fan 1996, type 7). */
  readonly quantiles: readonly { readonly p: number; readonly value: number }[];
  /** Bins are closed on the left, the last one on both sides; `edges` has one entry more than `counts`. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}

/** What the latest records say about one feature. Timestamps are milliseconds since 1970 UTC. */
export interface FeatureStatistics {
  readonly feature: string;
  readonly type: FeatureType;
  /** Values that are there, infinities included. */
  readonly count: number;
  readonly missing: number;
  readonly infinite: number;
  readonly distinct: number;
  /** The most frequent first; of equal frequency the lesser (texts: by code point) first. */
  readonly top: readonly { readonly value: string | number; readonly count: number }[];
  /** Absent for text. */
  readonly numeric?: NumericSummary;
}

/** What two windows of event time are compared by. */
export interface DriftOptions {
  readonly baseline: TimeWindow;
  readonly current: TimeWindow;
  readonly features?: readonly string[];
  readonly version?: number;
  /** Bins of the stability index, with equal shares of the baseline, 2 to 1000; default 10. */
  readonly bins?: number;
}

/** How one feature differs between two windows. */
export interface FeatureDrift {
  readonly feature: string;
  readonly type: FeatureType;
  /** Values that are there and that are missing, of the latest record of each id within the window. */
  readonly baseline: { readonly count: number; readonly missing: number };
  readonly current: { readonly count: number; readonly missing: number };
  /**
   * Population stability index: sum of (c - b) ln(c / b) over bins (text: over values), an empty share counted as 0.0001; null when a window has no
   * value. Below 0.1 is usually taken as stable, above 0.25 as changed.
   */
  readonly psi: number | null;
  /** Two-sample Kolmogorov-Smirnov statistic, from 0 to 1; null for text and when a window has no value. */
  readonly ks: number | null;
  /** Two-sided; exact when the product of the counts is at most 1,000,000, else of the limiting distribution. */
  readonly ksPValue: number | null;
}
