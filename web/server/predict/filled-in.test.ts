import { expect, test } from 'vitest';
import { filledIn } from './filled-in.js';

test('what is filled in is told in the units of the raw column, through logarithms and dropped columns', () => {
  const steps = [
    { kind: 'log1p', at: [1] },
    { kind: 'select', at: [2, 1] },
    { kind: 'impute', values: [68, Math.log1p(9)] },
    { kind: 'scale', mean: [0, 0], scale: [1, 1] },
  ] as const;
  const [dropped, logged, plain] = filledIn(steps, 3);
  expect(dropped).toBeNull();
  expect(logged).toBeCloseTo(9, 12);
  expect(plain).toBe(68);
});

test('a chain that fills nothing in before it scales tells nothing', () => {
  const scale = { kind: 'scale', mean: [1], scale: [2] } as const;
  expect(filledIn([scale, { kind: 'impute', values: [0] }], 1)).toEqual([null]);
  expect(filledIn([], 2)).toEqual([null, null]);
});
