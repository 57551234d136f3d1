import type { Roi } from '../../radiomics/roi.js';
import { type ComplexGrid, fourierTransform, smoothLength } from './fourier.js';

/** How the values of neighbouring voxels go together, over all pairs weighted by the inverse of their distance (mm). */
export interface SpatialAutocorrelation {
  readonly moranI: number;
  readonly gearyC: number;
}

/**
 * Moran's I and Geary's C of the values inside a region. NaN when all values are equal.
 *
 * The sums run over all pairs of voxels. As the weight depends on the offset alone, each is a sum over offsets of weight times
 * a correlation, which by Parseval's theorem is a sum over frequencies: two transforms in place of n^2 pairs. The grid is
 * padded so that no offset wraps round, hence the sums are those over pairs, apart from rounding.
 * @see IBSI reference manual (arXiv:1612.07003), section 3.1, N365 and NPT7
 */
export function spatialAutocorrelation(roi: Roi): SpatialAutocorrelation {
  const { mean, variance } = meanAndVariance(roi);
  if (!(variance > 0)) return { moranI: Number.NaN, gearyC: Number.NaN };
  const padded = roi.size.map((n) => smoothLength(2 * n - 1)) as [number, number, number];
  const present = emptyGrid(padded);
  const squares = emptyGrid(padded);
  fillValues(roi, mean, present, squares);
  fillWeights(roi, squares);
  fourierTransform(present, roi.size);
  fourierTransform(squares);
  const { weights, products, sides } = weightedSums(present, squares);
  const n = roi.voxelCount;
  const squaresSum = variance * n;
  return {
    moranI: (n / weights) * (products / squaresSum),
    gearyC: ((n - 1) / (2 * weights)) * ((2 * (sides - products)) / squaresSum),
  };
}

function meanAndVariance({ inside, values, voxelCount }: Roi): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < inside.length; i++) if (inside[i] !== 0) sum += values[i] as number;
  const mean = sum / voxelCount;
  let squares = 0;
  for (let i = 0; i < inside.length; i++) if (inside[i] !== 0) squares += ((values[i] as number) - mean) ** 2;
  return { mean, variance: squares / voxelCount };
}

function emptyGrid(size: ComplexGrid['size']): ComplexGrid {
  const n = size[0] * size[1] * size[2];
  return { re: new Float64Array(n), im: new Float64Array(n), size };
}

/** Membership and distance from the mean into the first grid, its square into the real part of the second. */
function fillValues(roi: Roi, mean: number, present: ComplexGrid, squares: ComplexGrid): void {
  const [nx, ny, nz] = roi.size;
  const [px, py] = present.size;
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0, to = px * (y + py * z); x < nx; x++, i++, to++) {
        if (roi.inside[i] === 0) continue;
        const d = (roi.values[i] as number) - mean;
        present.re[to] = 1;
        present.im[to] = d;
        squares.re[to] = d * d;
      }
    }
  }
}

/** 1 / distance at every offset between voxels of the box, negative offsets counted back from the end, as imaginary part. */
function fillWeights({ size: box, spacing }: Roi, { im, size }: ComplexGrid): void {
  const offsets = [0, 1, 2].map((d) => signedOffsets(box[d] as number, size[d] as number, spacing[d] as number));
  const [xs, ys, zs] = offsets as [Float64Array, Float64Array, Float64Array];
  for (let z = 0, i = 0; z < zs.length; z++) {
    for (let y = 0; y < ys.length; y++) {
      const square = (ys[y] as number) ** 2 + (zs[z] as number) ** 2;
      for (let x = 0; x < xs.length; x++, i++) im[i] = 1 / Math.sqrt((xs[x] as number) ** 2 + square);
    }
  }
  // A voxel and itself are no pair.
  im[0] = 0;
}

/** Distance (mm) that each place of a padded axis stands for; infinite where no two voxels are that far apart. */
function signedOffsets(n: number, padded: number, spacing: number): Float64Array {
  return Float64Array.from({ length: padded }, (_, i) => {
    const offset = Math.min(i, padded - i);
    return offset < n ? offset * spacing : Number.POSITIVE_INFINITY;
  });
}

/**
 * Sums over pairs of weight, weight times the product of both distances from the mean, and weight times the square of the first.
 * The spectra of the real and the imaginary part of a grid f are (f(k) + f*(-k)) / 2 and (f(k) - f*(-k)) / 2i.
 */
function weightedSums(
  first: ComplexGrid,
  second: ComplexGrid,
): { readonly weights: number; readonly products: number; readonly sides: number } {
  const [px, py, pz] = first.size;
  let [weights, products, sides] = [0, 0, 0];
  for (let z = 0, i = 0; z < pz; z++) {
    for (let y = 0; y < py; y++) {
      const opposite = px * (((py - y) % py) + py * ((pz - z) % pz));
      for (let x = 0; x < px; x++, i++) {
        const j = opposite + (x === 0 ? 0 : px - x);
        const mr = (first.re[i] as number) + (first.re[j] as number);
        const mi = (first.im[i] as number) - (first.im[j] as number);
        const dr = (first.im[i] as number) + (first.im[j] as number);
        const di = (first.re[j] as number) - (first.re[i] as number);
        const qr = (second.re[i] as number) + (second.re[j] as number);
        const qi = (second.im[i] as number) - (second.im[j] as number);
        // Weights are even, so that their spectrum is real.
        const w = (second.im[i] as number) + (second.im[j] as number);
        weights += w * (mr * mr + mi * mi);
        products += w * (dr * dr + di * di);
        sides += w * (mr * qr + mi * qi);
      }
    }
  }
  // Each of the three factors of a term was left doubled.
  const n = 8 * first.re.length;
  return { weights: weights / n, products: products / n, sides: sides / n };
}
