import { spacingOf } from '../volume/affine.js';
import { copyBox, padBox } from '../volume/crop.js';
import type { FilterInput } from './filter-input.js';

/**
 * Length of the gradient by central differences (per mm, or per voxel without `useSpacing`), the edge voxel repeated outside
 * the image; single precision, as ITK's GradientMagnitudeImageFilter.
 * @returns shape of the box
 */
export function gradientMagnitude({ image, box }: FilterInput, useSpacing: boolean): Float64Array {
  const spacing = useSpacing ? spacingOf(image.indexToLps) : ([1, 1, 1] as const);
  const around = padBox(box, 1, image.size);
  const [wx, wy, wz] = around.size;
  const data = new Float64Array(wx * wy * wz);
  copyBox(image.voxels, image.size, around, data);
  const steps = [1, wx, wx * wy] as const;
  const [nx, ny, nz] = box.size;
  const out = new Float64Array(nx * ny * nz);
  const offset = [0, 1, 2].map((d) => (box.start[d] as number) - (around.start[d] as number));
  const at = [0, 0, 0];
  for (let i = 0; i < out.length; i++) {
    at[0] = (i % nx) + (offset[0] as number);
    at[1] = (Math.floor(i / nx) % ny) + (offset[1] as number);
    at[2] = Math.floor(i / (nx * ny)) + (offset[2] as number);
    const centre = (at[0] as number) + wx * ((at[1] as number) + wy * (at[2] as number));
    let squares = 0;
    for (let d = 0; d < 3; d++) {
      const step = steps[d] as number;
      const k = at[d] as number;
      const before = data[k > 0 ? centre - step : centre] as number;
      const after = data[k < (around.size[d] as number) - 1 ? centre + step : centre] as number;
      const half = 0.5 / (spacing[d] as number);
      const slope = half * after - half * before;
      squares += slope * slope;
    }
    out[i] = Math.fround(Math.sqrt(squares));
  }
  return out;
}
