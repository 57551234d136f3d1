import { expect, test } from 'vitest';
import { fourierTransform, smoothLength } from './fourier.js';

test('lengths without prime factors above 5', () => {
  expect([1, 7, 11, 13, 31, 97, 197, 201].map(smoothLength)).toEqual([1, 8, 12, 15, 32, 100, 200, 216]);
});

test.each([
  [1, 2, 3],
  [4, 5, 6],
  [8, 9, 10],
  [12, 1, 15],
  [16, 3, 25],
] as const)('a %d x %d x %d grid: equal to the sum that defines the transform', (nx, ny, nz) => {
  const n = nx * ny * nz;
  const re = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i + 1) * 10);
  const im = Float64Array.from({ length: n }, (_, i) => Math.cos(3 * i * i) * 5);
  const grid = { re: re.slice(), im: im.slice(), size: [nx, ny, nz] as const };
  fourierTransform(grid);
  for (const [kx, ky, kz] of [
    [0, 0, 0],
    [nx - 1, 0, 1],
    [nx >> 1, ny - 1, nz >> 1],
    [0, ny >> 1, nz - 1],
  ] as const) {
    let [a, b] = [0, 0];
    for (let i = 0; i < n; i++) {
      const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
      const angle = -2 * Math.PI * ((kx * x) / nx + (ky * y) / ny + (kz * z) / nz);
      const [u, v] = [re[i] as number, im[i] as number];
      a += u * Math.cos(angle) - v * Math.sin(angle);
      b += u * Math.sin(angle) + v * Math.cos(angle);
    }
    const at = kx + nx * (ky + ny * kz);
    expect(grid.re[at]).toBeCloseTo(a, 8);
    expect(grid.im[at]).toBeCloseTo(b, 8);
  }
});
