import type { Filter } from '../settings/settings.js';
import { SPLINE_REACH, tapFiller } from '../volume/axis-table.js';
import { splineCoefficients } from '../volume/bspline.js';
import { copyBox, padBox, type VoxelBox } from '../volume/crop.js';
import { integerRangeOf, type Volume } from '../volume/volume.js';
import type { FilteredImage, FilterInput } from './filter-input.js';
import { icosphere } from './icosphere.js';
import { sphericalHarmonics } from './spherical-harmonics.js';

type Lbp3D = Extract<Filter, { type: 'LBP3D' }>;

/** Names of the images: one per level of harmonics, then the kurtosis. */
export function lbp3DNames(levels: number): readonly string[] {
  return [...Array.from({ length: levels }, (_, l) => `lbp-3D-m${l + 1}`), 'lbp-3D-k'];
}

/**
 * Local binary patterns on a sphere around each voxel of the region, 0 elsewhere: how strongly the pattern of points at least
 * as bright as the centre has spherical harmonics of each level, and the excess kurtosis of the values on the sphere (-3 where
 * they are equal). Values are cubic splines, whole numbers where the image has them; points outside the image are 0.
 * @returns images with the shape of the box
 * @see Banerjee et al., 3D LBP-based rotationally invariant region description, ACCV 2012 Workshops,
 *   doi:10.1007/978-3-642-37410-4_3; PyRadiomics 3.x, getLBP3DImage
 */
export function* localBinaryPatterns3D(input: FilterInput, filter: Lbp3D): Generator<FilteredImage> {
  const { image, box } = input;
  const points = icosphere(filter.icosphereSubdivision, filter.icosphereRadius);
  const harmonics = sphericalHarmonics(points, filter.icosphereRadius, filter.levels);
  const sample = sphereSampler(image, box, points, filter.icosphereRadius);
  const names = lbp3DNames(filter.levels);
  const images = names.map(() => new Float64Array(box.size[0] * box.size[1] * box.size[2]));
  const values = new Float64Array(points.length);
  forEachInside(input, (x, y, z, at, i) => {
    sample(x, y, z, values);
    (images[filter.levels] as Float64Array)[i] = kurtosis(values);
    const centre = image.voxels[at] as number;
    for (let k = 0; k < values.length; k++) values[k] = (values[k] as number) >= centre ? 1 : 0;
    for (let l = 0; l < filter.levels; l++) (images[l] as Float64Array)[i] = harmonics.strength(values, l);
  });
  for (const [k, name] of names.entries()) yield { name, values: images[k] as Float64Array };
}

/** Visits the voxels of the region in the box: their place, their index in the image and in the box. */
function forEachInside(
  { image, region, box }: FilterInput,
  visit: (x: number, y: number, z: number, at: number, i: number) => void,
): void {
  const [nx, ny, nz] = box.size;
  for (let i = 0; i < nx * ny * nz; i++) {
    const x = box.start[0] + (i % nx);
    const y = box.start[1] + (Math.floor(i / nx) % ny);
    const z = box.start[2] + Math.floor(i / (nx * ny));
    const at = x + image.size[0] * (y + image.size[1] * z);
    if (region[at] !== 0) visit(x, y, z, at, i);
  }
}

/** Excess kurtosis with moments divided by n. */
function kurtosis(values: Float64Array): number {
  const n = values.length;
  let mean = 0;
  for (let k = 0; k < n; k++) mean += values[k] as number;
  mean /= n;
  let [m2, m4] = [0, 0];
  for (let k = 0; k < n; k++) {
    const square = ((values[k] as number) - mean) ** 2;
    m2 += square;
    m4 += square * square;
  }
  return m2 === 0 ? -3 : (n * m4) / (m2 * m2) - 3;
}

/** Fills the values at the points around a voxel. The first coordinate of a point goes along z, the last along x. */
function sphereSampler(image: Volume, box: VoxelBox, points: readonly (readonly number[])[], radius: number) {
  const reach = Math.ceil(radius) + 3;
  const around = padBox(box, reach + SPLINE_REACH, image.size);
  const data = new Float64Array(around.size[0] * around.size[1] * around.size[2]);
  copyBox(image.voxels, image.size, around, data);
  for (let d = 0; d < 3; d++) {
    splineCoefficients(
      data,
      around.size.slice(0, d).reduce((a, b) => a * b, 1),
      around.size[d] as number,
    );
  }
  const value = splineAt(data, around, image.size);
  const store = rounding(image);
  return (x: number, y: number, z: number, out: Float64Array): void => {
    for (let k = 0; k < points.length; k++) {
      const point = points[k] as readonly number[];
      const at = [x + (point[2] as number), y + (point[1] as number), z + (point[0] as number)];
      const outside = at.some((v, d) => v < 0 || v > (image.size[d] as number) - 1);
      out[k] = outside ? 0 : store(value(at));
    }
  };
}

/** The spline of coefficients that cover a box of the image, at a position of the image. */
function splineAt(coefficients: Float64Array, { start, size }: VoxelBox, whole: Volume['size']) {
  const { fill } = tapFiller('bspline', 'itk');
  const index = new Int32Array(12);
  const weight = new Float64Array(12);
  return (at: readonly number[]): number => {
    for (let d = 0; d < 3; d++) fill(at[d] as number, whole[d] as number, index, weight, 4 * d);
    let sum = 0;
    for (let c = 8; c < 12; c++) {
      for (let b = 4; b < 8; b++) {
        const row =
          size[0] * (size[1] * ((index[c] as number) - start[2]) + (index[b] as number) - start[1]) - start[0];
        const outer = (weight[c] as number) * (weight[b] as number);
        for (let a = 0; a < 4; a++) {
          sum += outer * (weight[a] as number) * (coefficients[row + (index[a] as number)] as number);
        }
      }
    }
    return sum;
  };
}

/** Values in the type of the image: whole numbers (halves away from 0) within its range, single or double precision. */
function rounding(image: Volume): (v: number) => number {
  const range = integerRangeOf(image);
  if (range === undefined) return image.voxels instanceof Float32Array ? Math.fround : (v) => v;
  const [smallest, largest] = range;
  return (v) => Math.max(smallest, Math.min(largest, Math.trunc(v > 0 ? v + 0.5 : v - 0.5)));
}
