import { parse } from 'csv-parse/sync';
import type { IbsiRadiomics } from './measure-ibsi.js';

/** One value of an IBSI reference file, beside ours. */
export interface Conformance {
  readonly tag: string;
  readonly value: number | null;
  readonly reference: number;
  /** Absolute; 0: equal after rounding to three significant digits. */
  readonly tolerance: number;
  readonly passed: boolean;
}

/**
 * Compares what was measured with an IBSI reference file, by IBSI's acceptance rule: our value, rounded as the
 * reference is (to three significant digits, but voxel counts and extreme intensities in full where the reference has them so),
 * differs from it by at most the tolerance.
 * @param csv columns `reference value`, `tolerance` and `tag`, separated by semicolons; rows without a value have no consensus
 *   and are left out
 */
export function compareWithReference({ values, diagnostics }: IbsiRadiomics, csv: string): readonly Conformance[] {
  const ours = new Map([...diagnostics, ...values.map(({ tag, value }) => [tag, value] as const)]);
  const rows: Record<string, string>[] = parse(csv, { columns: true, delimiter: ';', bom: true });
  return rows
    .filter((row) => row['reference value'] !== '')
    .map((row) => {
      const tag = row.tag as string;
      const [reference, tolerance] = [Number(row['reference value']), Number(row.tolerance)];
      const value = ours.get(tag) ?? null;
      return { tag, value, reference, tolerance, passed: value !== null && accepted(value, reference, tolerance) };
    });
}

/** A few units of rounding error are granted. */
function accepted(value: number, reference: number, tolerance: number): boolean {
  const digits = String(Math.abs(reference))
    .replace(/e.*|\D/g, '')
    .replace(/^0+|0+$/g, '').length;
  const difference = Math.abs(Number(value.toPrecision(Math.max(3, digits))) - reference);
  return difference <= tolerance + 1e-12 * Math.max(1, Math.abs(reference));
}
