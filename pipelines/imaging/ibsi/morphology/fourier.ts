import { type Line, passes } from './fourier-passes.js';

/** A complex array on a grid, x fastest. */
export interface ComplexGrid {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly size: readonly [nx: number, ny: number, nz: number];
}

/** The smallest length of at least `least` without prime factors above 5. */
export function smoothLength(least: number): number {
  for (let n = Math.max(1, least); ; n++) {
    let rest = n;
    for (const f of [2, 3, 5]) while (rest % f === 0) rest /= f;
    if (rest === 1) return n;
  }
}

/**
 * Discrete Fourier transform in place, sum over x of f(x) exp(-2 pi i k x / n) along each axis.
 * @param filled how much of each axis holds values; lines beyond are 0 and are not visited before they can be anything else
 */
export function fourierTransform(grid: ComplexGrid, filled: ComplexGrid['size'] = grid.size): void {
  const [nx, ny, nz] = grid.size;
  const [, fy, fz] = filled;
  const along = [transformOf(nx), transformOf(ny), transformOf(nz)] as const;
  for (let z = 0; z < fz; z++) for (let y = 0; y < fy; y++) along[0](grid, nx * (y + ny * z), 1);
  for (let z = 0; z < fz; z++) for (let x = 0; x < nx; x++) along[1](grid, x + nx * ny * z, nx);
  for (let i = 0; i < nx * ny; i++) along[2](grid, i, nx * ny);
}

type LineTransform = (grid: ComplexGrid, start: number, stride: number) => void;

/** A transform of lines of one length, with its own buffers and tables of exp(-2 pi i k / n). */
function transformOf(n: number): LineTransform {
  const turns: Line = {
    re: Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n)),
    im: Float64Array.from({ length: n }, (_, k) => -Math.sin((2 * Math.PI * k) / n)),
  };
  let from: Line = { re: new Float64Array(n), im: new Float64Array(n) };
  let to: Line = { re: new Float64Array(n), im: new Float64Array(n) };
  const factors = factorsOf(n);
  return (grid, start, stride) => {
    for (let i = 0, at = start; i < n; i++, at += stride) {
      from.re[i] = grid.re[at] as number;
      from.im[i] = grid.im[at] as number;
    }
    let done = 1;
    for (const radix of factors) {
      passes[radix](done, from, to, turns);
      done *= radix;
      [from, to] = [to, from];
    }
    for (let i = 0, at = start; i < n; i++, at += stride) {
      grid.re[at] = from.re[i] as number;
      grid.im[at] = from.im[i] as number;
    }
  };
}

/** Factors 4, 2, 3 and 5 of a length. */
function factorsOf(n: number): (keyof typeof passes)[] {
  const factors: (keyof typeof passes)[] = [];
  let rest = n;
  for (const f of [4, 2, 3, 5] as const) {
    while (rest % f === 0) {
      factors.push(f);
      rest /= f;
    }
  }
  if (rest !== 1) throw new RangeError(`A transform of length ${n} has a prime factor above 5`);
  return factors;
}
