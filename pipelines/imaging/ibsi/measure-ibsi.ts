import { levelGrid } from '../radiomics/level-grid.js';
import type { Mask, Volume } from '../volume/volume.js';
import { processingDiagnostics } from './diagnostics.js';
import { ibsiLevels } from './discretise.js';
import { plainFamilies, textureFamilies, VOLUME_AGGREGATION } from './families.js';
import type { IbsiFeatureInfo } from './feature.js';
import { cutRegion, processRegion } from './region.js';
import type { IbsiSettings } from './settings.js';

/** A measured feature. */
export interface IbsiValue {
  /** Tag with the suffix of the aggregation: `cm_joint_max_2D_avg`. */
  readonly tag: string;
  /** IBSI ids of the feature and of its aggregation. */
  readonly id: string;
  readonly aggregation: string;
  readonly name: string;
  readonly unit: string;
  /** null when the feature is not defined for the region; `reason` then says why. */
  readonly value: number | null;
  readonly reason?: string;
}

/** What was measured of one region. */
export interface IbsiRadiomics {
  readonly values: readonly IbsiValue[];
  /** Facts along the processing chain, under the tags of the IBSI reference files: `int_mask_vox_count_reseg_roi`. */
  readonly diagnostics: ReadonlyMap<string, number>;
}

/**
 * All features of IBSI 1 of the region of a mask on an image, in the aggregations that the settings name.
 *
 * Degenerate regions: a single voxel, a flat region or a region in one slice has a value wherever the manual's formula gives
 * one; a feature without a value is null with its reason.
 * @param volume HU for CT
 * @param mask on the volume's grid
 * @throws ImagingError GRID_DIFFERS, RADIOMICS_MASK_EMPTY, RADIOMICS_NOT_FINITE, RADIOMICS_TOO_MANY_LEVELS, IBSI_MASK_VANISHED,
 *   IBSI_RESEGMENTED_AWAY, IBSI_LEVELS
 * @see IBSI reference manual (arXiv:1612.07003); Zwanenburg et al., Radiology 2020;295(2):328-338
 */
export function measureIbsi(volume: Volume, mask: Mask, settings: IbsiSettings): IbsiRadiomics {
  const chain = processRegion(volume, mask, settings);
  const region = cutRegion(chain.resegmented);
  const levels = ibsiLevels(region.intensity, settings.discretisation);
  const values: IbsiValue[] = [];
  for (const family of plainFamilies) {
    const measured = family.measure(region, levels, settings);
    values.push(...family.rows.map((row, k) => ibsiValue(row, '', VOLUME_AGGREGATION, measured[k] as number)));
  }
  const grid = levelGrid(levels, region.intensity.size, settings.distance);
  for (const family of textureFamilies) {
    for (const [{ suffix, id }, measured] of family.measure(region, grid, settings)) {
      values.push(...family.rows.map((row, k) => ibsiValue(row, `_${suffix}`, id, measured[k] as number)));
    }
  }
  return { values, diagnostics: processingDiagnostics(chain) };
}

function ibsiValue(row: IbsiFeatureInfo, suffix: string, aggregation: string, value: number): IbsiValue {
  const { tag, id, name, unit, undefinedWhen } = row;
  const known = { tag: `${tag}${suffix}`, id, aggregation, name, unit };
  if (Number.isFinite(value)) return { ...known, value };
  return { ...known, value: null, reason: undefinedWhen ?? 'its formula has no value for this region' };
}
