import type { CurveReply } from './cohort-reply.js';

/** A number with its 95 % interval, where it has one. */
export interface MetricReply {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Reply of `GET /studio/api/runs?kind=…`. */
export interface RunListReply {
  /** Newest first. Without a kind all but the images of single patients, of which each is a run of its own. */
  readonly runs: readonly ListedRun[];
  /** Recorded runs of each kind, by name. */
  readonly kinds: readonly { readonly kind: string; readonly runs: number }[];
}

/** One recorded run. */
export interface ListedRun {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  /** Why it failed; null when it did not. */
  readonly failure: string | null;
  readonly startedAtMs: number;
  readonly durationSeconds: number;
  readonly host: string;
  readonly codeVersion: string;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly metrics: Readonly<Record<string, MetricReply>>;
  /** The version of the registry that the run made; null where it made none of these. */
  readonly model: { readonly name: string; readonly version: string } | null;
}

/** Reply of `GET /studio/api/runs/compare?ids=a,b`. */
export interface RunComparisonReply {
  /** In the order of the question. */
  readonly runs: readonly ListedRun[];
  /** All of them; null: the run has no such parameter. */
  readonly parameters: readonly {
    readonly name: string;
    readonly values: readonly (string | null)[];
    readonly differs: boolean;
  }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly values: readonly (MetricReply | null)[];
  }[];
}

/** Reply of `GET /studio/api/runs/{id}/lineage`: what the run was made out of, and what came of it. */
export interface RunLineageReply {
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly label: string;
    /** Null where a thing has no digest. */
    readonly sha256: string | null;
    /** Labels of the things that were made out of this one. */
    readonly madeInto: readonly string[];
  }[];
}

/** Reply of `GET /studio/api/models/{name}/versions/{version}/report` and of `GET /studio/api/model/report`: the curves. */
export interface ModelReportReply {
  readonly modelId: string;
  /** How the predictions were made, in one sentence. */
  readonly evaluation: string;
  /** `died within 1095 days`. */
  readonly what: string;
  readonly threshold: number;
  /** Patients whose state is known, and those of them of whom `what` is true. */
  readonly patients: number;
  readonly deaths: number;
  /** Patients left out of the curves, since nobody knows their state at the horizon. */
  readonly unknown: number;
  /** The metrics on patients that were held out; null where none were. */
  readonly holdout: Readonly<Record<string, MetricReply>> | null;
  /** Null where all patients fared alike. */
  readonly curves: ModelCurves | null;
  /** Patients split at the median prediction; null where they cannot be split. */
  readonly survival: RiskSurvival | null;
}

/** Arrays of one member have one length. */
export interface ModelCurves {
  readonly roc: { readonly falsePositiveRate: readonly number[]; readonly truePositiveRate: readonly number[] };
  readonly precisionRecall: { readonly recall: readonly number[]; readonly precision: readonly number[] };
  readonly calibration: {
    readonly predicted: readonly number[];
    readonly observed: readonly number[];
    /** Integrated calibration index. */
    readonly ici: number;
    readonly groups: readonly {
      readonly patients: number;
      readonly predicted: number;
      readonly observed: number;
      readonly low: number;
      readonly high: number;
    }[];
  };
  readonly decision: {
    readonly threshold: readonly number[];
    readonly model: readonly number[];
    readonly treatAll: readonly number[];
  };
}

/** Kaplan-Meier curves by predicted risk. */
export interface RiskSurvival {
  readonly splitAt: number;
  readonly groups: readonly {
    readonly name: string;
    readonly patients: number;
    readonly deaths: number;
    readonly curve: CurveReply;
  }[];
  /** Null where nobody died. */
  readonly logRank: { readonly chiSquare: number; readonly pValue: number } | null;
}

/** Reply of `GET /studio/api/model`: the one model of a server without a registry, told as the registry tells of a version. */
export interface OnlyModelReply {
  readonly name: string;
  readonly manifest: ShownManifest;
  /** Markdown. */
  readonly card: string | null;
  readonly checklist: readonly ShownChecklistLine[] | null;
}

/** What the page shows of a manifest. */
export interface ShownManifest {
  readonly modelId: string;
  readonly task: { readonly kind: string };
  readonly recipe: string;
  readonly metrics: Readonly<Record<string, MetricReply>>;
  readonly baseline: Readonly<Record<string, MetricReply>>;
  readonly warnings: readonly string[];
  readonly trainedOn: {
    readonly datasetDigest: string;
    readonly patients: number;
    readonly events: number;
    readonly modalities: readonly string[];
    readonly seed: number;
  };
  readonly lineage: {
    readonly groups: readonly { readonly name: string; readonly version: number; readonly settingsDigest: string }[];
    readonly thoracleVersion: string;
    readonly xgboostVersion: string;
  };
}

/** One line of TRIPOD+AI. */
export interface ShownChecklistLine {
  readonly number: string;
  readonly section: string;
  readonly asks: string;
  readonly answer: { readonly status: string; readonly text: string; readonly where?: string };
}
