import { imagingError } from '../errors.js';
import { spacingOf } from '../volume/affine.js';
import { copyBox, padBox, type VoxelBox } from '../volume/crop.js';
import type { FilterInput } from './filter-input.js';
import {
  filterLines,
  LINES_AT_ONCE,
  type LineScratch,
  lineScratch,
  type RecursiveCoefficients,
  recursiveGaussian,
} from './recursive-gaussian.js';

/** Standard deviations after which a voxel no longer counts: exp(-1.37 * 20) = 1e-12 of its value. */
const REACH = 20;

type Real = Float32Array | Float64Array;

interface Block {
  readonly data: Real;
  readonly size: readonly [number, number, number];
}

/**
 * Laplacian of a Gaussian of width `sigma` (mm), times sigma^2, by recursive filters along the three axes. Between the passes
 * values are kept in single precision, as ITK's LaplacianRecursiveGaussianImageFilter does; so is the result.
 * @returns shape of the box
 * @throws ImagingError RADIOMICS_FILTER_SIZE when the image has fewer than 4 voxels or ceil(sigma / spacing) + 1 along an axis
 */
export function laplacianOfGaussian({ image, box }: FilterInput, sigma: number): Float64Array {
  const spacing = spacingOf(image.indexToLps);
  checkSize(image.size, spacing, sigma);
  const reach = (d: 0 | 1 | 2) => Math.ceil((REACH * sigma) / spacing[d]) + 4;
  const around = padBox(box, [reach(0), reach(1), reach(2)], image.size);
  const length = around.size[0] * around.size[1] * around.size[2];
  const source: Block = { data: new Float64Array(length), size: around.size };
  copyBox(image.voxels, image.size, around, source.data);

  const scratch = lineScratch(Math.max(...around.size));
  const sum = new Float32Array(box.size[0] * box.size[1] * box.size[2]);
  for (const axis of [0, 1, 2] as const) {
    let block = source;
    for (const a of [axis, ...([0, 1, 2] as const).filter((d) => d !== axis)]) {
      const voxels = sigma / spacing[a];
      const c = a === axis ? recursiveGaussian(voxels, 'second', sigma * sigma) : recursiveGaussian(voxels, 'smooth');
      block = pass(block, a, c, range(box, around, a), scratch);
    }
    const perMm2 = 1 / (spacing[axis] * spacing[axis]);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (block.data[i] as number) * perMm2;
  }
  return Float64Array.from(sum);
}

function checkSize(size: readonly number[], spacing: readonly number[], sigma: number): void {
  for (let d = 0; d < 3; d++) {
    const least = Math.max(4, Math.ceil(sigma / (spacing[d] as number)) + 1);
    if ((size[d] as number) < least) {
      throw imagingError(
        'RADIOMICS_FILTER_SIZE',
        `LoG with sigma ${sigma} mm`,
        'xyz'[d] as string,
        size[d] as number,
        least,
      );
    }
  }
}

/** The voxels of the box within the block along an axis. */
const range = (box: VoxelBox, around: VoxelBox, d: 0 | 1 | 2) => ({
  low: box.start[d] - around.start[d],
  keep: box.size[d],
});

/** Filters every line along an axis and keeps the voxels of the box only. */
function pass(
  block: Block,
  axis: 0 | 1 | 2,
  c: RecursiveCoefficients,
  { low, keep }: { readonly low: number; readonly keep: number },
  scratch: LineScratch,
): Block {
  const [nx, ny, nz] = block.size;
  const n = block.size[axis];
  const size = block.size.map((s, d) => (d === axis ? keep : s)) as [number, number, number];
  const out = new Float32Array(size[0] * size[1] * size[2]);
  // Along x the lines of all rows lie side by side; along y those of one slice; along z all of them.
  const groups = axis === 1 ? nz : 1;
  const lines = axis === 0 ? ny * nz : axis === 1 ? nx : nx * ny;
  const step = axis === 0 ? 1 : axis === 1 ? nx : nx * ny;
  for (let g = 0; g < groups; g++) {
    for (let l = 0; l < lines; l += LINES_AT_ONCE) {
      const next = axis === 0 ? nx : 1;
      const nextOut = axis === 0 ? keep : 1;
      const from = { first: g * nx * n + l * next, step, next };
      const to = { first: g * nx * keep + l * nextOut, step, next: nextOut };
      const shape = { lines: Math.min(LINES_AT_ONCE, lines - l), n, low, keep };
      filterLines(block.data, from, out, to, shape, c, scratch);
    }
  }
  return { data: out, size };
}
