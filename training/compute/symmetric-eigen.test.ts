import { expect, test } from 'vitest';
import { symmetricEigen } from './index.js';

test('what rounding leaves of repeated rows is 0, however small: no eigenvalue is lost to an overflow', () => {
  const tiny = 1e-170;
  const matrix = Float64Array.of(3, tiny, tiny, tiny, 2, tiny, tiny, tiny, 1);
  const { values, vectors } = symmetricEigen(matrix, 3);
  expect([...values]).toEqual([3, 2, 1]);
  expect([...vectors].map(Math.abs)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
