import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { type Mask, openImage, openMask, type Volume } from '../../pipelines/imaging/index.js';
import { sharedData } from '../shared-data.js';

/** Rows of a CSV of reference numbers; lines that start with `#` are its header comment. */
export function readReference(url: URL | string): Record<string, string>[] {
  return parse(readFileSync(url, 'utf8'), { columns: true, comment: '#', skip_empty_lines: true });
}

/** Whether two numbers agree within 1e-6 of the expected one (of 1e-9 when that is 0). */
export function agrees(got: number, expected: number): boolean {
  return Math.abs(got - expected) <= (expected === 0 ? 1e-9 : 1e-6 * Math.abs(expected));
}

export interface Case {
  readonly volume: Volume;
  readonly mask: Mask;
}

/** An image and label 1 of the PyRadiomics baselines: `brain1` or `breast1`. */
export async function baselineCase(name: string): Promise<Case> {
  const { volume } = await openImage(sharedData(`pyradiomics-baselines/${name}_image.nrrd`));
  const { mask } = await openMask(sharedData(`pyradiomics-baselines/${name}_label.nrrd`), { volume });
  return { volume, mask };
}

/** Patient LUNG1-001 with the region GTV-1. */
export async function lungCase(): Promise<Case> {
  const { volume } = await openImage(sharedData('nsclc-radiomics-lung1-001/image'));
  const { mask } = await openMask(sharedData('nsclc-radiomics-lung1-001/mask_rtstruct'), { volume, roi: 'GTV-1' });
  return { volume, mask };
}

/** A grid along the patient axes with its corner voxel at the origin. */
export function axisGrid(spacing: readonly [number, number, number]): number[] {
  return [spacing[0], 0, 0, 0, 0, spacing[1], 0, 0, 0, 0, spacing[2], 0, 0, 0, 0, 1];
}

/** The image that bench/peers/pyradiomics-reference.py calls synthetic: integer arithmetic on the voxel index. */
export function syntheticCase(): Case {
  const size = [9, 8, 7] as const;
  const n = size[0] * size[1] * size[2];
  const indexToLps = axisGrid([0.8, 1.1, 2.5]);
  const volume = { voxels: new Int16Array(n), size, indexToLps };
  const mask = { voxels: new Uint8Array(n), size, indexToLps, label: 'synthetic' };
  for (let i = 0; i < n; i++) {
    volume.voxels[i] = ((i * 7919 + (i % 13) * 1047) % 997) - 300;
    mask.voxels[i] = (i * 31 + (i % 7) * 17) % 10 < 7 ? 1 : 0;
  }
  return { volume, mask };
}
