/** What is there of a patient in one modality: features, a failure, raw files without features, nothing. */
export type CellState = 'present' | 'failed' | 'files' | 'missing';

/** One patient in one modality. */
export interface ModalityCell {
  readonly state: CellState;
  /** One sentence: why it failed, why files gave no features; null where there is nothing to say. */
  readonly reason: string | null;
}

/** One column of the matrix. */
export interface CohortModality {
  readonly name: string;
  readonly title: string;
  /** `features`: a group of the store; `files`: what lies in the folder of raw files. */
  readonly kind: 'features' | 'files';
  readonly counts: Readonly<Record<CellState, number>>;
}

/** Reply of `GET /studio/api/cohort/modalities`: patients by id, cells in the order of the modalities. */
export interface ModalitiesReply {
  readonly modalities: readonly CohortModality[];
  readonly patients: readonly { readonly patientId: string; readonly cells: readonly ModalityCell[] }[];
  /** Whether the folder of raw files was looked at too. */
  readonly hasFolder: boolean;
}

/** A Kaplan-Meier curve with its 95 % band: one entry for each time of death or censoring, ascending, days from surgery. */
export interface CurveReply {
  readonly timeDays: readonly number[];
  readonly survival: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Just before each time. */
  readonly atRisk: readonly number[];
  readonly deaths: readonly number[];
  readonly censored: readonly number[];
}

/** A median with its 95 % interval, days; null where the curve does not come down to a half. */
export interface MedianReply {
  readonly days: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Survival of a set of patients. */
export interface SurvivalReply {
  /** With a usable time and event. */
  readonly known: number;
  readonly deaths: number;
  readonly medianSurvival: MedianReply;
  readonly curve: CurveReply;
}

/** Reply of `GET /studio/api/cohort/outcome`. */
export interface OutcomeReply extends SurvivalReply {
  /** With a clinical record. */
  readonly patients: number;
  /** By reverse Kaplan-Meier, days; null where it is not reached. */
  readonly medianFollowUpDays: number | null;
  readonly longestDays: number | null;
}

/** One value of a factor: patients who have it. */
export interface FactorLevel extends SurvivalReply {
  readonly name: string;
  readonly patients: number;
}

/** One factor by which the cohort is broken down. */
export interface FactorReply {
  readonly key: string;
  readonly title: string;
  /** How it was made, where it is not a column as it stands. */
  readonly note: string | null;
  readonly levels: readonly FactorLevel[];
  /** Patients of whom it is not known. */
  readonly unknown: number;
  /** Log-rank test of the levels with a usable outcome; null where it cannot be made. */
  readonly logRank: { readonly chiSquare: number; readonly degreesOfFreedom: number; readonly pValue: number } | null;
}

/** Reply of `GET /studio/api/cohort/breakdown`. */
export interface BreakdownReply {
  readonly factors: readonly FactorReply[];
}

/** Something wrong or odd in the data. */
export interface QualityFinding {
  readonly severity: 'failure' | 'warning' | 'info';
  readonly code: string;
  readonly patientId: string | null;
  /** File, column or group to look at. */
  readonly where: string;
  /** One sentence: what was found, what was done about it. */
  readonly found: string;
  /** One sentence: what follows for whoever uses the data. */
  readonly means: string;
}

/** How often a column has no value. */
export interface MissingRate {
  readonly group: string;
  readonly column: string;
  readonly role: string;
  readonly missing: number;
  readonly records: number;
}

/** Reply of `GET /studio/api/cohort/findings`. */
export interface FindingsReply {
  readonly findings: readonly QualityFinding[];
  /** Columns with a missing value, the emptiest first. */
  readonly missing: readonly MissingRate[];
  /** Groups with more columns than are counted here. */
  readonly tooWide: readonly string[];
  /** When the folder of raw files was looked at, milliseconds since 1970 UTC; null without one. */
  readonly folderSeenAtMs: number | null;
}
