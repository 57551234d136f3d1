import type { FeatureRow } from '../radiomics/family.js';

/** What is known about an IBSI feature without computing it. */
export interface IbsiFeatureInfo {
  /** Tag of the IBSI reference files, without the suffix of the aggregation: `cm_joint_max`. */
  readonly tag: string;
  /** Permanent four-character identifier: `GYBY`. */
  readonly id: string;
  readonly name: string;
  /** `HU` stands for the unit of the image; `level` for a grey level, which has none. */
  readonly unit: string;
  /** When the feature has no value; a region for which it has none is reported with this reason. */
  readonly undefinedWhen?: string;
}

/** A feature and how it is read off what its family makes of a region. NaN where it is not defined. */
export interface IbsiRow<Context> extends IbsiFeatureInfo {
  readonly compute: (context: Context) => number;
}

/**
 * The formula that a feature of PyRadiomics' classes has, by its IBSI id: where both agree, it is written once.
 * @throws TypeError when no row has the id
 */
export function sharedFormula<Context>(rows: readonly FeatureRow<Context>[], id: string): (c: Context) => number {
  const row = rows.find((r) => r.reference === `IBSI:${id}`);
  if (row === undefined) throw new TypeError(`No feature has the IBSI id ${id}`);
  return row.compute;
}
