import { describe, expect, test } from 'vitest';
import { applySteps } from '../bundle/index.js';
import { fitSteps, type StepPlan } from './index.js';

const nan = Number.NaN;
/** Columns: even count of known values, constant, empty, one missing. */
const raw = {
  rows: Float64Array.of(3, 7, nan, 1, 1, 7, nan, nan, 10, 7, nan, 2, 2, 7, nan, 6),
  n: 4,
  p: 4,
};
const names = ['varying', 'constant', 'empty', 'gap'];

describe('fitting', () => {
  test('imputes the training median, drops constant and empty columns, scales by population deviation', () => {
    const { steps, output, unusableColumns, usedColumns } = fitSteps(
      [{ kind: 'impute', with: 'median' }, { kind: 'select' }, { kind: 'scale' }],
      raw,
      names,
    );
    expect(steps[0]).toEqual({ kind: 'impute', values: [2.5, 7, 0, 2] });
    expect(steps[1]).toEqual({ kind: 'select', at: [0, 3] });
    expect(steps[2]).toEqual({ kind: 'scale', mean: [4, 2.75], scale: [Math.sqrt(12.5), Math.sqrt(14.75 / 4)] });
    expect([...usedColumns]).toEqual([0, 3]);
    expect([...unusableColumns]).toEqual([1, 2]);
    expect(output.p).toBe(2);
    expect([...output.rows].every(Number.isFinite)).toBe(true);
  });

  test('a constant column that stays is divided by 1, not by 0', () => {
    const { steps, output } = fitSteps([{ kind: 'impute', with: 'zero' }, { kind: 'scale' }], raw, names);
    expect(steps[1]).toMatchObject({ scale: [expect.any(Number), 1, 1, expect.any(Number)] });
    expect([...output.rows].every(Number.isFinite)).toBe(true);
  });

  test('the fitted steps give the same rows when they are applied again, and leave their input alone', () => {
    const plan: StepPlan[] = [
      { kind: 'log1p', at: [0] },
      { kind: 'impute', with: 'median' },
      { kind: 'select' },
      { kind: 'scale' },
      { kind: 'pca', varianceShare: 0.95 },
    ];
    const before = raw.rows.slice();
    const { steps, output } = fitSteps(plan, raw, names);
    expect(applySteps(steps, raw.rows, 4, 4)).toEqual(output);
    expect(raw.rows).toEqual(before);
  });
});

describe('bad input', () => {
  test('log(1 + x) of a value at or below -1 names the column, never NaN', () => {
    const rows = Float64Array.of(0, 5, -1, 5);
    expect(() => fitSteps([{ kind: 'log1p', at: [0] }], { rows, n: 2, p: 2 }, ['VIM', 'age'])).toThrow(
      '"VIM" of row 2 is -1; log(1 + x) needs x above -1',
    );
    expect(() => applySteps([{ kind: 'log1p', at: [1] }], Float64Array.of(0, -3), 1, 2)).toThrow(
      '"input 2" of row 1 is -3',
    );
  });

  test('infinity is named', () => {
    const rows = Float64Array.of(0, Number.POSITIVE_INFINITY);
    expect(() => fitSteps([], { rows, n: 1, p: 2 }, ['a', 'b'])).toThrow('"b" holds Infinity');
  });

  test('nothing usable is an error', () => {
    const rows = Float64Array.of(1, nan, 1, nan);
    expect(() =>
      fitSteps([{ kind: 'impute', with: 'median' }, { kind: 'select' }], { rows, n: 2, p: 2 }, ['a', 'b']),
    ).toThrow('None of the 2 columns can be used');
  });

  test.each([
    [{ kind: 'impute', values: [1] } as const, 'The step "impute" was fitted on 1 columns but got 2'],
    [{ kind: 'select', at: [2] } as const, 'The step "select" was fitted on 3 columns but got 2'],
    [{ kind: 'log1p', at: [5] } as const, 'The step "log1p" was fitted on 6 columns but got 2'],
    [{ kind: 'scale', mean: [0], scale: [1] } as const, 'The step "scale" was fitted on 1 columns but got 2'],
    [
      { kind: 'pca', inputs: 3, components: [[1, 0, 0]], explainedVarianceRatio: [1] } as const,
      'The step "pca" was fitted on 3 columns but got 2',
    ],
  ])('a step of another width is refused: %j', (step, message) => {
    expect(() => applySteps([step], Float64Array.of(1, 2), 1, 2)).toThrow(message);
  });
});
