import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededDraw, shuffled } from './random.js';
import { plainSplit, repeatedStratifiedFolds, stratifiedSplit } from './splits.js';

const cohort = fc.record({
  label: fc
    .array(fc.boolean(), { minLength: 10, maxLength: 60 })
    .map((l) => [...l, ...Array(5).fill(true), ...Array(5).fill(false)]),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
});
const counts = (rows: readonly number[], label: readonly boolean[]) => rows.filter((i) => label[i]).length;

describe('folds', () => {
  test('test every patient once per repeat, in parts whose sizes and deaths differ by one at most', () => {
    fc.assert(
      fc.property(cohort, ({ label, seed }) => {
        for (const splits of repeatedStratifiedFolds(label, { folds: 5, repeats: 2, seed })) {
          expect(splits.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(label.map((_, i) => i));
          for (const { train, test } of splits) {
            expect([...train, ...test].sort((a, b) => a - b)).toEqual(label.map((_, i) => i));
          }
          const sizes = splits.map(({ test }) => test.length);
          const deaths = splits.map(({ test }) => counts(test, label));
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          expect(Math.max(...deaths) - Math.min(...deaths)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('are the same for the same seed, and not for another', () => {
    const label = Array.from({ length: 40 }, (_, i) => i % 2 === 0);
    const folds = (seed: number) => repeatedStratifiedFolds(label, { folds: 5, repeats: 1, seed });
    expect(folds(1)).toEqual(folds(1));
    expect(folds(1)).not.toEqual(folds(2));
  });

  test('too few of a class is an error', () => {
    expect(() =>
      repeatedStratifiedFolds([true, false, false, false, false, false], { folds: 5, repeats: 1, seed: 0 }),
    ).toThrow('6 patients (5 alive, 1 dead) are too few: at least 5 of each are needed');
  });
});

test('the held-out part has its share of both classes', () => {
  fc.assert(
    fc.property(cohort, ({ label, seed }) => {
      const { train, test } = stratifiedSplit(label, 0.2, seed);
      expect([...train, ...test].sort((a, b) => a - b)).toEqual(label.map((_, i) => i));
      const deaths = label.filter(Boolean).length;
      expect(counts(test, label)).toBe(Math.round(deaths * 0.2));
      expect(test.length - counts(test, label)).toBe(Math.round((label.length - deaths) * 0.2));
    }),
  );
});

test('the plain split takes the floor of the share', () => {
  const rows = Array.from({ length: 119 }, (_, i) => i);
  const { train, test } = plainSplit(rows, 0.8, seededDraw(0, 'x'));
  expect([train.length, test.length]).toEqual([95, 24]);
});

test('a shuffle reaches every order about equally often', () => {
  const draw = seededDraw(1, 'orders');
  const seen = new Map<string, number>();
  for (let k = 0; k < 6000; k++) {
    const order = shuffled([1, 2, 3], draw).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
