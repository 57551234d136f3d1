import type { Filter } from '../settings/settings.js';
import { integerRangeOf, type Volume } from '../volume/volume.js';
import type { FilterInput } from './filter-input.js';

type Lbp2D = Extract<Filter, { type: 'LBP2D' }>;

/** A slice of an image: how far apart rows and columns lie in its voxels. */
interface Slice {
  readonly voxels: Volume['voxels'];
  readonly first: number;
  readonly rowStep: number;
  readonly columnStep: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Local binary patterns within slices: which of `samples` points on a circle of `radius` voxels are at least as bright as the
 * centre, 0 outside the slice. `uniform`: their number, or samples + 1 when they are not in one run; `default`: a binary
 * number; `ror`: its smallest rotation; `var`: the variance of the points. Cut back to whole numbers where the image has them.
 * @param dimension 0: axial slices, 1: coronal, 2: sagittal
 * @returns shape of the box
 * @see Ojala, Pietikäinen and Mäenpää, IEEE Trans Pattern Anal Mach Intell 2002;24(7):971-987; scikit-image, local_binary_pattern
 */
export function localBinaryPattern2D({ image, box }: FilterInput, filter: Lbp2D, dimension: 0 | 1 | 2): Float64Array {
  const points = circle(filter.samples, filter.radius);
  const whole = integerRangeOf(image) !== undefined;
  const steps = [1, image.size[0], image.size[0] * image.size[1]] as const;
  // Axes of the image (0 = x) that run along slices, rows and columns of the array (z, y, x) with z and `dimension` swapped.
  const [across, down, along] = (
    [
      [2, 1, 0],
      [1, 2, 0],
      [0, 1, 2],
    ] as const
  )[dimension];
  const texture = new Float64Array(filter.samples);
  const [nx, ny, nz] = box.size;
  const out = new Float64Array(nx * ny * nz);
  const at = [0, 0, 0];
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        at[0] = box.start[0] + x;
        at[1] = box.start[1] + y;
        at[2] = box.start[2] + z;
        const slice: Slice = {
          voxels: image.voxels,
          first: (at[across] as number) * steps[across],
          rowStep: steps[down],
          columnStep: steps[along],
          rows: image.size[down],
          columns: image.size[along],
        };
        const value = pattern(slice, at[down] as number, at[along] as number, points, texture, filter.method);
        out[i] = whole ? Math.trunc(value) : value;
      }
    }
  }
  return out;
}

/** Offsets (row, column) of the points, rounded to five decimals as scikit-image does. */
function circle(samples: number, radius: number): readonly (readonly [number, number])[] {
  const round = (v: number) => roundHalfEven(v * 1e5) / 1e5;
  return Array.from({ length: samples }, (_, k) => {
    const angle = (2 * Math.PI * k) / samples;
    return [round(-radius * Math.sin(angle)), round(radius * Math.cos(angle))] as const;
  });
}

function roundHalfEven(v: number): number {
  const down = Math.floor(v);
  return v - down === 0.5 ? down + (down % 2 === 0 ? 0 : 1) : Math.round(v);
}

function pattern(
  slice: Slice,
  row: number,
  column: number,
  points: readonly (readonly [number, number])[],
  texture: Float64Array,
  method: Lbp2D['method'],
): number {
  const centre = slice.voxels[slice.first + row * slice.rowStep + column * slice.columnStep] as number;
  for (let k = 0; k < texture.length; k++) {
    const [dr, dc] = points[k] as readonly [number, number];
    texture[k] = bilinear(slice, row + dr, column + dc);
  }
  if (method === 'var') return variance(texture);
  const bits = Array.from(texture, (v) => (v - centre >= 0 ? 1 : 0));
  if (method === 'uniform') {
    let changes = 0;
    for (let k = 0; k + 1 < bits.length; k++) if (bits[k] !== bits[k + 1]) changes++;
    return changes <= 2 ? bits.reduce<number>((sum, b) => sum + b, 0) : bits.length + 1;
  }
  const number = (turn: number) => bits.reduce<number>((sum, b, k) => sum + b * 2 ** ((k + turn) % bits.length), 0);
  return method === 'default' ? number(0) : Math.min(...bits.map((_, turn) => number(turn)));
}

function variance(texture: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < texture.length; k++) {
    sum += texture[k] as number;
    squares += (texture[k] as number) * (texture[k] as number);
  }
  return (squares - (sum * sum) / texture.length) / texture.length;
}

function bilinear(slice: Slice, row: number, column: number): number {
  const [r0, c0] = [Math.floor(row), Math.floor(column)];
  const [r1, c1] = [Math.ceil(row), Math.ceil(column)];
  const [dr, dc] = [row - r0, column - c0];
  const top = (1 - dc) * pixel(slice, r0, c0) + dc * pixel(slice, r0, c1);
  const bottom = (1 - dc) * pixel(slice, r1, c0) + dc * pixel(slice, r1, c1);
  return (1 - dr) * top + dr * bottom;
}

function pixel(slice: Slice, row: number, column: number): number {
  if (row < 0 || column < 0 || row >= slice.rows || column >= slice.columns) return 0;
  return slice.voxels[slice.first + row * slice.rowStep + column * slice.columnStep] as number;
}
