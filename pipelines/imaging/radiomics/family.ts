import type { RadiomicsSettings } from '../settings/settings.js';
import type { Roi } from './roi.js';

/** PyRadiomics' name of a feature class. */
export type FeatureClassName = 'firstorder' | 'shape' | 'shape2D' | 'glcm' | 'glrlm' | 'glszm' | 'gldm' | 'ngtdm';

/** What is known about a feature without computing it: one line of the feature catalogue. */
export interface FeatureInfo {
  /** PyRadiomics' name within its class: `JointEntropy`. */
  readonly name: string;
  /** `IBSI:TU9B`; absent where IBSI defines no such feature. */
  readonly reference?: string;
  /** `HU` stands for the unit of the image; CT is what this project reads. */
  readonly unit: string;
  readonly description: string;
  /** Where the formula comes from. */
  readonly source: string;
  /** Only computed when a settings file names it. */
  readonly onRequest?: true;
}

/** A feature: what it is and how it is read off its matrix, mesh or list of values. */
export interface FeatureRow<Context> extends FeatureInfo {
  readonly compute: (context: Context) => number;
}

/** A feature class with its matrix type closed over, so that callers treat every class alike. */
export interface FeatureFamily {
  readonly name: FeatureClassName;
  readonly features: readonly FeatureInfo[];
  /** `region`: the shape alone, never re-segmented by intensity unless asked for; `intensity`: the voxels' values. */
  readonly measures: 'region' | 'intensity';
  /**
   * Values of the named features, in the order of `names`.
   * @throws ImagingError when the region does not allow one of them
   */
  measure(roi: Roi, settings: RadiomicsSettings, names: readonly string[]): ReadonlyMap<string, number>;
}

/** How a class is declared: its rows, and the contexts (one per direction, say) that the values are averaged over. */
export interface FamilyDeclaration<Context> {
  readonly name: FeatureClassName;
  readonly measures: FeatureFamily['measures'];
  readonly rows: readonly FeatureRow<Context>[];
  /** A context is read before the next is asked for, so buffers may be used again. At least one, or an error. */
  contexts(roi: Roi, settings: RadiomicsSettings): Iterable<Context>;
}

/** Turns a declaration into a family: per feature the mean over all contexts. */
export function defineFamily<Context>(declaration: FamilyDeclaration<Context>): FeatureFamily {
  const { name, measures, rows } = declaration;
  const byName = new Map(rows.map((row) => [row.name, row] as const));
  return {
    name,
    measures,
    features: rows,
    measure(roi, settings, names) {
      const chosen = names.map((n) => requireRow(byName, name, n));
      const sums = new Float64Array(chosen.length);
      let count = 0;
      for (const context of declaration.contexts(roi, settings)) {
        for (let k = 0; k < chosen.length; k++) sums[k] = (sums[k] as number) + (chosen[k]?.compute(context) ?? 0);
        count++;
      }
      return new Map(names.map((n, k) => [n, (sums[k] as number) / count] as const));
    },
  };
}

function requireRow<Context>(
  rows: ReadonlyMap<string, FeatureRow<Context>>,
  family: string,
  name: string,
): FeatureRow<Context> {
  const row = rows.get(name);
  if (row === undefined) throw new TypeError(`Feature class "${family}" has no feature "${name}"`);
  return row;
}
