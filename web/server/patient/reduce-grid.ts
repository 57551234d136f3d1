import type { Mask, Volume } from '../../../pipelines/imaging/index.js';
import type { Triple } from '../replies/patient-reply.js';

/** Voxels (16 bit) of a volume that a browser is sent; 32 Mi voxels are 64 MiB before compression. */
export const mostVoxels = 32 * 1024 * 1024;

/** A factor at each of the three axes, in the order of the voxels. */
const axes = [0, 1, 2] as const;

/**
 * By how much a grid has to be reduced to hold at most `most` voxels: always the axis with the least spacing is halved, so
 * that voxels come near to cubes.
 * @returns whole numbers, 1, 1, 1 when nothing has to be done
 */
export function reductionOf(size: Triple, spacingMm: Triple, most: number): Triple {
  const factors: [number, number, number] = [1, 1, 1];
  const voxels = () => axes.reduce<number>((product, axis) => product * Math.ceil(size[axis] / factors[axis]), 1);
  while (voxels() > most) {
    const able = axes.filter((axis) => factors[axis] < size[axis]);
    const spacing = (axis: 0 | 1 | 2) => spacingMm[axis] * factors[axis];
    const finest = able.reduce((best, axis) => (spacing(axis) < spacing(best) ? axis : best), able[0] ?? 0);
    factors[finest] *= 2;
  }
  return factors;
}

/** The grid whose voxels are blocks of `factors` voxels; blocks at the far edges may be cut off. LPS mm. */
function reducedGrid({ size, indexToLps: m }: Pick<Volume, 'size' | 'indexToLps'>, factors: Triple) {
  const smaller = axes.map((axis) => Math.ceil(size[axis] / factors[axis]));
  const shift = axes.map((axis) => (factors[axis] - 1) / 2);
  const indexToLps = [0, 4, 8].flatMap((row) => [
    ...axes.map((axis) => (m[row + axis] as number) * factors[axis]),
    axes.reduce<number>((sum, axis) => sum + (m[row + axis] as number) * (shift[axis] as number), m[row + 3] as number),
  ]);
  return {
    size: [smaller[0], smaller[1], smaller[2]] as unknown as Triple,
    indexToLps: [...indexToLps, 0, 0, 0, 1],
  };
}

/** Sum and number of the voxels of each block. */
function blockSums(voxels: ArrayLike<number>, size: Triple, smaller: Triple, factors: Triple) {
  const sums = new Float64Array(smaller[0] * smaller[1] * smaller[2]);
  const counts = new Uint32Array(sums.length);
  for (let z = 0, i = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const row = smaller[0] * (Math.floor(y / factors[1]) + smaller[1] * Math.floor(z / factors[2]));
      for (let x = 0; x < size[0]; x++, i++) {
        const to = row + Math.floor(x / factors[0]);
        sums[to] = (sums[to] as number) + (voxels[i] as number);
        counts[to] = (counts[to] as number) + 1;
      }
    }
  }
  return { sums, counts };
}

/** Means of blocks, as whole numbers of 16 bit; values beyond their range are its ends, as are infinities. */
export function reduceVolume(volume: Volume, factors: Triple): Volume {
  const grid = reducedGrid(volume, factors);
  const { frameOfReferenceUid } = volume;
  const frame = frameOfReferenceUid === undefined ? {} : { frameOfReferenceUid };
  const whole = factors.every((factor) => factor === 1);
  if (whole && volume.voxels instanceof Int16Array) return { voxels: volume.voxels, ...grid, ...frame };
  const voxels = new Int16Array(grid.size[0] * grid.size[1] * grid.size[2]);
  if (whole) {
    for (let i = 0; i < voxels.length; i++) voxels[i] = int16(volume.voxels[i] as number);
  } else {
    const { sums, counts } = blockSums(volume.voxels, volume.size, grid.size, factors);
    for (let i = 0; i < voxels.length; i++) voxels[i] = int16((sums[i] as number) / (counts[i] as number));
  }
  return { voxels, ...grid, ...frame };
}

/** A block belongs to the region when half of it does; a region that would vanish keeps every block that it touches. */
export function reduceMask(mask: Mask, factors: Triple): Mask {
  if (factors.every((factor) => factor === 1)) return mask;
  const grid = reducedGrid(mask, factors);
  const { sums, counts } = blockSums(mask.voxels, mask.size, grid.size, factors);
  const inside = sums.some((sum, i) => 2 * sum >= (counts[i] as number));
  const voxels = Uint8Array.from(sums, (sum, i) => ((inside ? 2 * sum >= (counts[i] as number) : sum > 0) ? 1 : 0));
  return { ...grid, voxels, label: mask.label };
}

function int16(value: number): number {
  return Number.isNaN(value) ? -32_768 : Math.round(Math.max(-32_768, Math.min(32_767, value)));
}
