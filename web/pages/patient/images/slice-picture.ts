import type { NiftiImage, ScreenAxis } from './nifti.js';
import type { GreyWindow } from './windows.js';

/** The voxel axes of a picture and the number of the cut, counted along the third. */
export interface Cut {
  readonly right: ScreenAxis;
  readonly down: ScreenAxis;
  readonly across: ScreenAxis;
  readonly at: number;
}

/** Voxel index of each pixel of a cut, row by row. */
function voxelIndices({ size }: NiftiImage, { right, down, across, at }: Cut): Uint32Array {
  const strides = [1, size[0], size[0] * size[1]] as const;
  const along = ({ reversed, count }: ScreenAxis, i: number) => (reversed ? count - 1 - i : i);
  const indices = new Uint32Array(right.count * down.count);
  const start = strides[across.axis] * along(across, at);
  for (let y = 0, i = 0; y < down.count; y++) {
    const row = start + strides[down.axis] * along(down, y);
    for (let x = 0; x < right.count; x++, i++) indices[i] = row + strides[right.axis] * along(right, x);
  }
  return indices;
}

/** Grey values of a cut, four bytes a pixel, with the border of the region in a colour. */
export function slicePixels(
  volume: NiftiImage,
  mask: NiftiImage | null,
  cut: Cut,
  { centre, width }: GreyWindow,
  [r, g, b]: readonly [number, number, number],
): Uint8ClampedArray<ArrayBuffer> {
  const indices = voxelIndices(volume, cut);
  const pixels = new Uint8ClampedArray(4 * indices.length);
  const inside = (i: number) => mask !== null && mask.voxels[indices[i] as number] === 1;
  const columns = cut.right.count;
  for (let i = 0; i < indices.length; i++) {
    const grey = (255 * ((volume.voxels[indices[i] as number] as number) - (centre - width / 2))) / width;
    const x = i % columns;
    const neighbours = [x > 0 ? i - 1 : -1, x < columns - 1 ? i + 1 : -1, i - columns, i + columns];
    const border = inside(i) && neighbours.some((n) => n < 0 || n >= indices.length || !inside(n));
    pixels.set(border ? [r, g, b, 255] : [grey, grey, grey, 255], 4 * i);
  }
  return pixels;
}
