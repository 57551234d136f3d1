/**
 * What a column may be used for. Only `feature` ever enters a model's input, unless a person names the column.
 *
 * - `identifier`: the record id
 * - `feature`: known at the index date (surgery)
 * - `post-baseline`: learnt after the index date (treatment given, recurrence)
 * - `followup`: when and how long the patient was followed
 * - `outcome`: the event and its time
 * - `label`: a target derived from the outcome
 * - `metadata`: bookkeeping, provenance, free text, the raw category behind one-hot columns
 */
export type Role = 'identifier' | 'feature' | 'post-baseline' | 'followup' | 'outcome' | 'label' | 'metadata';

/** `integer` and `timestamp` travel as float64 (timestamps: milliseconds since 1970-01-01T00:00:00Z, UTC). */
export type FeatureType = 'double' | 'integer' | 'string' | 'timestamp';

/** One column of a group: 1 to 64 characters of letters, digits, `-`, `_`. */
export interface FeatureDefinition {
  readonly name: string;
  readonly type: FeatureType;
  /** UCUM-like unit as text, `'1'` when dimensionless. */
  readonly unit: string;
  readonly description: string;
  readonly role: Role;
  /** Where the definition comes from: `IBSI:GYBY`, a DOI, a codebook column. */
  readonly reference?: string;
}

/** A named, typed set of columns about one kind of record. Any change of it is a new version, which the store assigns. */
export interface FeatureGroup {
  readonly name: string;
  /** Name of the definition that holds the record id (type string, role identifier). */
  readonly recordIdentifier: string;
  /** Name of the definition that holds the event time (type timestamp, role metadata). */
  readonly eventTime: string;
  readonly definitions: readonly FeatureDefinition[];
  /** SHA-256 (hex) of the settings that produced the values. */
  readonly settingsDigest: string;
}
