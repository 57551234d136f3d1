import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Volume } from '../volume/volume.js';

/** Draws in the open interval (0, 1); every seed and list of labels has its own stream. */
export function uniformDraws(seed: number, ...labels: readonly (string | number)[]): () => number {
  const digest = createHash('sha256')
    .update(`robustness/${seed}/${JSON.stringify(labels)}`)
    .digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  return () => ((generator.next() >>> 6) * 2 ** 27 + (generator.next() >>> 5) + 0.5) / 2 ** 53;
}

/** Standard normal draws (Box-Muller). */
export function normalDraws(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Standard deviation of the noise of an image: the median size of its diagonal Haar details in the planes of the first
 * two axes, over 0.6745. Exact for white noise; noise that neighbours share is underestimated.
 * @returns 0 for an image of one row or column
 * @see Donoho and Johnstone, Biometrika 1994;81:425-455
 */
export function noiseLevel({ voxels, size: [nx, ny, nz] }: Volume): number {
  const details = new Float64Array(Math.max(0, nx - 1) * Math.max(0, ny - 1) * nz);
  let n = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y + 1 < ny; y++) {
      for (let i = nx * (y + ny * z), end = i + nx - 1; i < end; i++) {
        const detail =
          (voxels[i] as number) -
          (voxels[i + 1] as number) -
          (voxels[i + nx] as number) +
          (voxels[i + nx + 1] as number);
        if (Number.isFinite(detail)) details[n++] = Math.abs(detail) / 2;
      }
    }
  }
  if (n === 0) return 0;
  const sorted = details.subarray(0, n).sort();
  const middle = (sorted[(n - 1) >> 1] as number) / 2 + (sorted[n >> 1] as number) / 2;
  return middle / 0.6745;
}
