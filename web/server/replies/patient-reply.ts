/** A cell of a table; null is missing. */
type Value = string | number | null;

/** Reply of `GET /studio/api/patients`: everybody that the store or the folder of raw files knows. */
export interface PatientListReply {
  readonly patients: readonly ListedPatient[];
  /** The folder of raw files is still being read for the first time. */
  readonly indexing: boolean;
}

/** One line of the list. What is not known is null. */
export interface ListedPatient {
  readonly id: string;
  /** Groups of the store that hold a record. */
  readonly modalities: readonly string[];
  /** Whether the folder of raw files has a CT; null where there is none or it is still being read. */
  readonly images: boolean | null;
  readonly ageYears: number | null;
  readonly sex: string | null;
  readonly histology: string | null;
  /** `T2a N0 M0`, as far as it is known. */
  readonly stage: string | null;
  readonly timeDays: number | null;
  /** true = died. */
  readonly event: boolean | null;
}

/** Reply of `GET /studio/api/patients/{id}`. */
export interface PatientReply {
  readonly id: string;
  /** The patients beside this one in the list. */
  readonly previous: string | null;
  readonly next: string | null;
  /** What the list says about the patient. */
  readonly listed: ListedPatient;
  /** The latest record in each group that has one. */
  readonly records: readonly { readonly group: string; readonly version: number; readonly eventTime: string }[];
  /** Of the clinical group; null where it has no record of the patient. */
  readonly clinical: readonly ClinicalItem[] | null;
}

/** When a fact about a patient was known. */
export type FactKind = 'before surgery' | 'after surgery' | 'follow-up' | 'outcome' | 'about the record';

/** One fact: a category is one, however many columns it takes in the store. */
export interface ClinicalItem {
  readonly name: string;
  /** The definition in words. */
  readonly definition: string;
  readonly value: Value;
  readonly unit: string;
  readonly kind: FactKind;
  /** Why there is no value, in the words of the source. */
  readonly recordedAs: string | null;
  /** Where the definition comes from. */
  readonly reference: string | null;
}

/** Reply of `GET /studio/api/patients/{id}/standing?group=…`: numeric features, and where the patient stands among all. */
export interface StandingReply {
  readonly group: string;
  readonly version: number;
  /** Patients that the group holds. */
  readonly patients: number;
  readonly features: readonly Standing[];
  /** Names of those to look at first. */
  readonly first: readonly string[];
}

/** One feature of one patient. */
export interface Standing {
  readonly feature: string;
  readonly definition: string;
  readonly unit: string;
  readonly value: number | null;
  /** Percent of the patients with a value who have a lower one; those with the same one count half. */
  readonly percentile: number | null;
  readonly median: number | null;
  /** Patients with a value. */
  readonly count: number;
}

/** Reply of `GET /studio/api/patients/{id}/distribution?group=…&feature=…`. */
export interface DistributionReply extends Standing {
  readonly bins: readonly { readonly low: number; readonly high: number; readonly count: number }[];
}

/** Reply of `GET /studio/api/patients/{id}/image`. */
export type ImageReply =
  | { readonly state: 'none'; readonly reason: string }
  | {
      readonly state: 'here';
      readonly seriesDescription: string | null;
      /** `YYYY-MM-DD`. */
      readonly studyDate: string | null;
      readonly slices: number;
      readonly size: Triple;
      readonly spacingMm: Triple;
      /** Voxels of the files that one voxel of the sent volume stands for, along each axis; 1, 1, 1: as it is. */
      readonly reducedBy: Triple;
      /** Null where there is no segmentation. */
      readonly region: RegionFacts | null;
      /** Why there is none. */
      readonly regionReason: string | null;
      /** Grey windows of which there is a picture. */
      readonly pictures: readonly string[];
      /** What a person should know about how the segmentation was read. */
      readonly findings: readonly string[];
    };

/** Along the three axes of the voxels, or in patient space. */
export type Triple = readonly [number, number, number];

/** The segmented region, on the grid of the files. */
export interface RegionFacts {
  readonly label: string;
  readonly volumeMl: number;
  readonly voxels: number;
  /** The voxel of the region that is nearest to its centre of mass, in RAS mm: to the right, to the front and to the head count up. */
  readonly centreRasMm: Triple;
  /** HU of its voxels. */
  readonly hu: { readonly low: number; readonly median: number; readonly high: number };
}

/** Reply of `GET /studio/api/patients/{id}/held-out`: what the training's report knows of the patient. */
export interface HeldOutReply {
  /**
   * `trained-on`: the model was fitted on the patient, and `probability` comes from models of the cross-validation that were not;
   * `held-out`: the model was not fitted on the patient; `new`: the training had no such patient; `unknown`: no report tells.
   */
  readonly state: 'trained-on' | 'held-out' | 'new' | 'unknown';
  /** Probability of death from a model that never saw the patient. */
  readonly probability: number | null;
  /** With a horizon, of death within so many days. */
  readonly horizonDays: number | null;
  /** How such numbers were made, in the report's words. */
  readonly evaluation: string | null;
  /** Patients that the model was fitted on. */
  readonly patients: number;
}
