import type { FeatureGroup } from './feature.js';

/** Missing is NaN. Timestamps are milliseconds since 1970-01-01T00:00:00Z. */
export interface NumericColumn {
  readonly type: 'double' | 'integer' | 'timestamp';
  readonly values: Float64Array;
}

/** Missing is null, never the empty string. */
export interface StringColumn {
  readonly type: 'string';
  readonly values: readonly (string | null)[];
}

export type Column = NumericColumn | StringColumn;

/** Which code, settings and input bytes a table was made from. */
export interface Provenance {
  /** `<stage>@<package version>`. */
  readonly pipelineVersion: string;
  readonly settingsDigest: string;
  /** SHA-256 (hex) of each input; `name` is a file name or a series UID, never an absolute path. */
  readonly inputDigests: readonly { readonly name: string; readonly sha256: string }[];
}

/**
 * What a stage hands to the store: columns of equal length in the order of the group's definitions
 * (record id and event time included). Rows are ordered by record id.
 */
export interface FeatureTable {
  readonly group: FeatureGroup;
  readonly columns: ReadonlyMap<string, Column>;
  readonly rowCount: number;
  readonly provenance: readonly Provenance[];
}
