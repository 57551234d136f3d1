import { ImagingError } from '../errors.js';
import { maskOnGrid } from '../radiomics/mask-on-grid.js';
import { measure } from '../radiomics/measure.js';
import { boundingBox } from '../radiomics/roi.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import { applyAffine, type Grid, spacingOf } from '../volume/affine.js';
import { normalise } from '../volume/normalise.js';
import { resampleValues } from '../volume/resample.js';
import type { Mask, Volume } from '../volume/volume.js';
import { grownMask, reaches } from './distance.js';
import { noiseLevel, normalDraws, uniformDraws } from './noise.js';
import type { PerturbationRanges } from './ranges.js';

/** One perturbation: the same for every patient, except for its noise. */
export interface Perturbation {
  readonly index: number;
  readonly rotationDegrees: number;
  readonly shiftVoxels: readonly [number, number, number];
  readonly growMm: number;
}

/** @param count at least 1 @returns the same perturbations for the same seed, and the first ones of any larger count */
export function drawPerturbations(count: number, seed: number, ranges: PerturbationRanges): readonly Perturbation[] {
  return Array.from({ length: count }, (_, index) => {
    const uniform = uniformDraws(seed, 'perturbation', index);
    const within = (most: number) => (2 * uniform() - 1) * most;
    const shift = () => within(ranges.shift);
    return {
      index,
      rotationDegrees: within(ranges.rotation),
      shiftVoxels: [shift(), shift(), shift()],
      growMm: within(ranges.grow),
    };
  });
}

/** A patient's features under perturbation. */
export interface PerturbedFeatures {
  readonly subject: string;
  /** Standard deviation of the noise that was added, in the image's unit. */
  readonly noise: number;
  /** Perturbations whose growth is shorter than the voxels are wide along any axis: it leaves the region as it is. */
  readonly idleGrowths: number;
  readonly original: ReadonlyMap<string, number>;
  /** One per perturbation; the reason where the perturbed region cannot be measured. */
  readonly repeats: readonly (ReadonlyMap<string, number> | { readonly failed: string })[];
}

/** Voxels of context that filters have around the region, and that are perturbed with it. */
const contextMm = 20;

/**
 * Measures a region, and again after each perturbation: noise is added to the image, image and region are resampled
 * (cubic B-spline; linear, inside from 0.5 on) on a grid that is turned and shifted about the region's middle, then the
 * region grows or shrinks.
 * @param subject whose region it is; with the seed it decides the noise
 * @throws ImagingError when the region as it is cannot be measured
 * @see Zwanenburg et al., Sci Rep 2019;9:614 (doi:10.1038/s41598-018-36938-4)
 */
export function perturbedFeatures(
  subject: string,
  volume: Volume,
  mask: Mask,
  settings: RadiomicsSettings,
  perturbations: readonly Perturbation[],
  { ranges, seed }: { readonly ranges: PerturbationRanges; readonly seed: number },
  onRepeat: (done: number) => void = () => undefined,
): PerturbedFeatures {
  const original = measure(volume, mask, settings).features;
  const { normalize } = settings;
  const image = normalize === null ? volume : normalise(volume, normalize.scale, normalize.removeOutliers);
  const { size, indexToLps } = volume;
  const onGrid = { ...mask, size, indexToLps, voxels: maskOnGrid(mask, volume, settings) };
  const source = surroundings(image, onGrid, ranges);
  const noise = ranges.noise === 'auto' ? noiseLevel(source.volume) : ranges.noise;
  const repeats = perturbations.map((perturbation, i) => {
    const normal = normalDraws(uniformDraws(seed, 'noise', subject, perturbation.index));
    onRepeat(i);
    try {
      const [turned, region] = perturbed(source.volume, source.mask, perturbation, noise, normal);
      return measure(turned, region, { ...settings, normalize: null, correctMask: false }).features;
    } catch (error) {
      if (error instanceof ImagingError) return { failed: error.message };
      throw error;
    }
  });
  onRepeat(perturbations.length);
  return { subject, noise, idleGrowths: idleGrowths(volume, perturbations), original, repeats };
}

/** How many perturbations grow or shrink a region by less than the distance of two neighbouring voxels. */
function idleGrowths({ indexToLps }: Volume, perturbations: readonly Perturbation[]): number {
  const least = Math.min(...spacingOf(indexToLps));
  return perturbations.filter(({ growMm }) => growMm !== 0 && !reaches(growMm, least)).length;
}

interface Pair {
  readonly volume: Volume;
  readonly mask: Mask;
}

/** The part of the image that any perturbation of the region may see. */
function surroundings(volume: Volume, mask: Mask, ranges: PerturbationRanges): Pair {
  const box = boundingBox(mask.voxels, mask.size);
  if (box === undefined) return { volume, mask };
  const spacing = spacingOf(volume.indexToLps);
  const reachMm = Math.hypot(...box.size.map((n, d) => (n * (spacing[d] as number)) / 2));
  const angle = (ranges.rotation * Math.PI) / 180;
  const marginMm = contextMm + ranges.grow + (reachMm + contextMm) * Math.sin(angle);
  const margins = spacing.map((s) => Math.ceil(marginMm / s + ranges.shift) + 2);
  const start = box.start.map((v, d) => Math.max(0, v - (margins[d] as number)));
  const end = box.start.map((v, d) =>
    Math.min(volume.size[d] as number, v + (box.size[d] as number) + (margins[d] as number)),
  );
  const size = end.map((e, d) => e - (start[d] as number)) as unknown as Volume['size'];
  const origin = applyAffine(volume.indexToLps, start as unknown as Volume['size']);
  const indexToLps = volume.indexToLps.map((v, i) => (i % 4 === 3 && i < 12 ? (origin[(i - 3) / 4] as number) : v));
  const count = size[0] * size[1] * size[2];
  const values = new (volume.voxels.constructor as new (n: number) => Volume['voxels'])(count);
  const inside = new Uint8Array(count);
  for (let z = 0, i = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const row = volume.size[0] * (y + (start[1] as number) + volume.size[1] * (z + (start[2] as number)));
      for (let x = 0, from = row + (start[0] as number); x < size[0]; x++, i++, from++) {
        values[i] = volume.voxels[from] as number;
        inside[i] = mask.voxels[from] as number;
      }
    }
  }
  return {
    volume: { ...volume, voxels: values, size, indexToLps },
    mask: { ...mask, voxels: inside, size, indexToLps },
  };
}

/** Image and region after one perturbation; whole numbers (HU) stay whole numbers. */
export function perturbed(
  volume: Volume,
  mask: Mask,
  perturbation: Perturbation,
  noise: number,
  normal: () => number,
): readonly [Volume, Mask] {
  const noisy = Float64Array.from(volume.voxels, (v) => (noise === 0 ? v : v + noise * normal()));
  const grid = turnedGrid(volume, mask, perturbation);
  const moved = resampleValues(noisy, volume, grid, 'bspline');
  const share = resampleValues(Float64Array.from(mask.voxels), mask, grid, 'linear');
  const whole = volume.voxels instanceof Int16Array;
  const region = Uint8Array.from(share, (s) => (s >= 0.5 - 1e-9 ? 1 : 0));
  const grown = grownMask(region, grid.size, spacingOf(grid.indexToLps), perturbation.growMm);
  return [
    { ...volume, ...grid, voxels: whole ? moved.map(Math.round) : moved },
    { ...mask, ...grid, voxels: grown },
  ];
}

/** The grid turned about its third axis and shifted, about the middle of the region. */
function turnedGrid(volume: Volume, mask: Mask, { rotationDegrees, shiftVoxels }: Perturbation): Grid {
  const box = boundingBox(mask.voxels, mask.size);
  const middle = volume.size.map((n, d) =>
    box === undefined ? (n - 1) / 2 : (box.start[d] as number) + ((box.size[d] as number) - 1) / 2,
  ) as unknown as [number, number, number];
  const [cx, cy] = middle;
  const spacing = spacingOf(volume.indexToLps);
  const [cos, sin] = [Math.cos((rotationDegrees * Math.PI) / 180), Math.sin((rotationDegrees * Math.PI) / 180)];
  const ratio = spacing[1] / spacing[0];
  // Index to index: turned in millimetres, so that spacing is kept.
  const turned = (x: number, y: number, z: number) =>
    applyAffine(volume.indexToLps, [
      cx + cos * (x - cx) - sin * ratio * (y - cy) + shiftVoxels[0],
      cy + (sin / ratio) * (x - cx) + cos * (y - cy) + shiftVoxels[1],
      z + shiftVoxels[2],
    ]);
  const origin = turned(0, 0, 0);
  const columns = [turned(1, 0, 0), turned(0, 1, 0), turned(0, 0, 1)];
  const row = (r: 0 | 1 | 2) => [...columns.map((c) => c[r] - origin[r]), origin[r]];
  return { size: volume.size, indexToLps: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1] };
}
