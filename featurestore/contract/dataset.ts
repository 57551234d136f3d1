import type { Role } from './feature.js';

/** A column of a group at one version. */
export interface ColumnRef {
  readonly group: string;
  readonly version: number;
  readonly feature: string;
}

/** A column by name, whatever its version: `{ group: 'clinical', feature: 'TimetoDeathdays' }`. */
export interface ColumnSelector {
  readonly group: string;
  readonly feature: string;
}

/** Right-censored follow-up, kept apart from the features. */
export interface Outcome {
  readonly patientId: string;
  /** Days from surgery to death or to the last day known alive; NaN when the dates are unusable. */
  readonly timeDays: number;
  /** true = died, false = censored. */
  readonly event: boolean;
}

/** A group that is joined. */
export interface JoinedGroupSpec {
  readonly name: string;
  /** Default the newest. */
  readonly version?: number;
  /** Default all. */
  readonly features?: readonly string[];
  /** Only the first so many lines of the group's history, in the order of writing: their sequence number at most. Default all. */
  readonly upToSeq?: number;
}

/** Where the outcome is: the group and its columns (timeDays: days; event: 0 or 1). */
export interface OutcomeSpec {
  readonly group: string;
  readonly timeDays: string;
  readonly event: string;
  /** Default the version that is joined, or the newest of a group that is not joined; of a joined group, no other than that. */
  readonly version?: number;
  /** As of a joined group; of a group that is joined, no other than there. */
  readonly upToSeq?: number;
}

/** What to join. Only numeric columns with role `feature` are taken, and those that `allow` names. */
export interface DatasetSpec {
  /** The first group is the left side. */
  readonly groups: readonly JoinedGroupSpec[];
  /**
   * `left`: patients of the first group; `inner`: patients present in every group;
   * `full`: patients present in any group. A group that lacks the patient gives NaN in its columns.
   */
  readonly join: 'left' | 'inner' | 'full';
  /** The labels. Left out, the dataset has no outcomes and patients need none. */
  readonly outcome?: OutcomeSpec;
  /** Columns to take in spite of their role (a leak unless the caller knows better). */
  readonly allow?: readonly ColumnSelector[];
  /** Only records with an event time at or before this (milliseconds since 1970 UTC). */
  readonly asOfMs?: number;
  /** Only rows written at or before this (milliseconds since 1970 UTC). */
  readonly knownAtMs?: number;
}

/**
 * What a dataset is rebuilt from: its spec with the version of every group and the last line of its history that counts, and the digest
 * that the rebuilt dataset must have. Write times can be the same for two writes, sequence numbers cannot. Plain JSON.
 */
export interface PinnedDataset {
  readonly format: 'thoracle-dataset';
  readonly formatVersion: 1;
  readonly spec: DatasetSpec;
  readonly digest: string;
  readonly patients: number;
  readonly columns: number;
}

export interface DatasetColumn extends ColumnRef {
  readonly role: Role;
  readonly unit: string;
}

/** A numeric matrix with its columns named, its outcomes beside it and everything left out accounted for. */
export interface Dataset {
  readonly spec: DatasetSpec;
  /** Ascending by id (code point order); shape (n). */
  readonly patientIds: readonly string[];
  /** Shape (p): groups in the order of the spec, columns in the order of the definitions. */
  readonly columns: readonly DatasetColumn[];
  /** Row-major, shape (n x p); missing is NaN. */
  readonly values: Float64Array;
  /** Shape (n); empty when the spec names no outcome. A patient without an event flag is not in the dataset but in `leftOut`. */
  readonly outcomes: readonly Outcome[];
  /** Row-major, shape (n x groups of the spec): 1 where the group holds a record of the patient. */
  readonly present: Uint8Array;
  /** Columns of the joined groups that did not enter, with the role that kept them out. */
  readonly excluded: readonly (ColumnSelector & { readonly role: Role })[];
  readonly leftOut: readonly { readonly patientId: string; readonly reason: string }[];
  /** SHA-256 (hex) over ids, columns, values and outcomes. */
  readonly digest: string;
}

/** A dataset that a store has built. */
export interface StoredDataset extends Dataset {
  /** What the same dataset is rebuilt from, whatever is written later. */
  readonly pinned: PinnedDataset;
}
