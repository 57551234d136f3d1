import { boundingBox } from '../radiomics/roi.js';
import { spacingOf } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import type { MaskedImage, ProcessedRegion } from './region.js';

/**
 * Facts along the processing chain that locate a deviation, under the tags of the IBSI reference files: sizes, voxel sizes (mm)
 * and intensities of the image before and after interpolation, and of both masks before, after and after re-segmentation.
 */
export function processingDiagnostics(chain: ProcessedRegion): ReadonlyMap<string, number> {
  return new Map([
    ...imageFacts(chain.initial.image, 'init_img'),
    ...imageFacts(chain.interpolated.image, 'interp_img'),
    ...maskFacts(chain.initial, 'init_roi'),
    ...maskFacts(chain.interpolated, 'interp_roi'),
    ...maskFacts(chain.resegmented, 'reseg_roi'),
  ]);
}

type Fact = readonly [tag: string, value: number];

const alongAxes = (name: string, values: readonly number[], state: string): readonly Fact[] =>
  ['x', 'y', 'z'].map((axis, d) => [`${name}_${axis}_${state}`, values[d] as number]);

function imageFacts({ voxels, size, indexToLps }: Volume, state: string): readonly Fact[] {
  return [
    ...alongAxes('img_dim', size, state),
    ...alongAxes('vox_dim', spacingOf(indexToLps), state),
    ...intensityFacts(voxels, null, '', state),
  ];
}

function maskFacts({ image, morphological, intensity }: MaskedImage, state: string): readonly Fact[] {
  const box = (mask: Uint8Array) => boundingBox(mask, image.size)?.size ?? [0, 0, 0];
  return [
    ...alongAxes('int_mask_dim', image.size, state),
    ...alongAxes('int_mask_bb_dim', box(intensity), state),
    ...alongAxes('morph_mask_bb_dim', box(morphological), state),
    [`int_mask_vox_count_${state}`, countOf(intensity)],
    [`morph_mask_vox_count_${state}`, countOf(morphological)],
    ...intensityFacts(image.voxels, intensity, 'int_mask_', state),
  ];
}

function countOf(mask: Uint8Array): number {
  let n = 0;
  for (let i = 0; i < mask.length; i++) n += mask[i] as number;
  return n;
}

/** Of all voxels, or of those inside a mask. */
function intensityFacts(
  voxels: Volume['voxels'],
  mask: Uint8Array | null,
  prefix: string,
  state: string,
): readonly Fact[] {
  let [n, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < voxels.length; i++) {
    if (mask !== null && mask[i] === 0) continue;
    const v = voxels[i] as number;
    n++;
    sum += v;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return [
    [`${prefix}mean_int_${state}`, sum / n],
    [`${prefix}min_int_${state}`, min],
    [`${prefix}max_int_${state}`, max],
  ];
}
