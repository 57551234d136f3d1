import { imagingError } from '../errors.js';
import type { Filter } from '../settings/settings.js';
import { copyBox } from '../volume/crop.js';
import type { Volume } from '../volume/volume.js';
import type { FilterInput } from './filter-input.js';

/** Filters that change each value on its own; `most` is the largest absolute value of the image. */
const functions: Readonly<
  Record<'Original' | 'Square' | 'SquareRoot' | 'Logarithm' | 'Exponential', (most: number) => (v: number) => number>
> = {
  Original: () => (v) => v,
  Square: (most) => {
    const scale = 1 / Math.sqrt(most);
    return (v) => (scale * v) ** 2;
  },
  SquareRoot: (most) => (v) => (v < 0 ? -Math.sqrt(-v * most) : Math.sqrt(v * most)),
  Logarithm: (most) => {
    const scale = most / Math.log(most + 1);
    return (v) => (v < 0 ? -Math.log(1 - v) : Math.log(v + 1)) * scale;
  },
  Exponential: (most) => {
    const scale = Math.log(most) / most;
    return (v) => Math.exp(scale * v);
  },
};

/**
 * Square, square root, logarithm or exponential of each value, scaled back to the range of the whole image.
 * @returns shape of the box
 * @throws ImagingError RADIOMICS_FILTER_RANGE when the image is 0 everywhere and the filter divides by its range (all but
 *   the square root, which is 0 then)
 * @see PyRadiomics 3.x, getSquareImage and the functions after it
 */
export function pointwise(input: FilterInput, type: keyof typeof functions & Filter['type']): Float64Array {
  const { image, box } = input;
  const out = new Float64Array(box.size[0] * box.size[1] * box.size[2]);
  copyBox(image.voxels, image.size, box, out);
  const most = type === 'Original' ? 1 : largestMagnitude(image);
  if (!(most > 0) && type !== 'SquareRoot') throw imagingError('RADIOMICS_FILTER_RANGE', type);
  const f = functions[type](most);
  for (let i = 0; i < out.length; i++) out[i] = f(out[i] as number);
  return out;
}

function largestMagnitude({ voxels }: Volume): number {
  let most = 0;
  for (let i = 0; i < voxels.length; i++) most = Math.max(most, Math.abs(voxels[i] as number));
  return most;
}
