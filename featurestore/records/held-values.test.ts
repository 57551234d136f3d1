import { expect, test } from 'vitest';
import { HeldValues } from './held-values.js';

const rowOf = (length: number, first: number) => ({
  numbers: Float64Array.from({ length }, (_, i) => first + i),
  texts: [],
});

test('what was added comes back, bit for bit, by group and line', () => {
  const held = new HeldValues(1e6);
  held.add(1, 7, { numbers: Float64Array.of(-0, Number.NaN, 0.1), texts: ['a', null] });
  held.add(2, 7, { numbers: new Float64Array(), texts: [] });
  expect(held.get(1, 7)).toEqual({ numbers: Float64Array.of(-0, Number.NaN, 0.1), texts: ['a', null] });
  expect(held.get(2, 7)).toEqual({ numbers: new Float64Array(), texts: [] });
  expect(held.get(1, 8)).toBeUndefined();
  expect(held.get(3, 7)).toBeUndefined();
});

test('a row longer than a slab is held whole, and so are those around it', () => {
  const held = new HeldValues(1e7);
  held.add(1, 1, rowOf(3, 10));
  held.add(1, 2, rowOf(100_000, 1000));
  held.add(1, 3, rowOf(3, 20));
  expect(held.get(1, 1)?.numbers).toEqual(Float64Array.of(10, 11, 12));
  expect(held.get(1, 2)?.numbers).toEqual(rowOf(100_000, 1000).numbers);
  expect(held.get(1, 3)?.numbers).toEqual(Float64Array.of(20, 21, 22));
});

test('it stays within its bytes; what is read again stays, what is not goes', () => {
  const held = new HeldValues(200_000);
  const count = 1000;
  for (let seq = 1; seq <= count; seq++) {
    held.add(1, seq, rowOf(100, seq));
    expect(held.get(1, 1)?.numbers[0]).toBe(1);
  }
  // 848 bytes each: a half holds 117, and one half is never older than the last 118 rows
  for (let seq = count; seq > count - 117; seq--) expect(held.get(1, seq)?.numbers[0]).toBe(seq);
  for (const seq of [2, count - 300, count - 236]) expect(held.get(1, seq)).toBeUndefined();
});

test('a row that is larger than half of the bytes is not held, and neither is any by a cache of none', () => {
  const held = new HeldValues(1000);
  held.add(1, 1, rowOf(100, 0));
  expect(held.get(1, 1)).toBeUndefined();
  held.add(1, 2, { numbers: new Float64Array(1), texts: ['x'.repeat(1000)] });
  expect(held.get(1, 2)).toBeUndefined();
  const none = new HeldValues(0);
  none.add(1, 1, rowOf(1, 0));
  expect(none.get(1, 1)).toBeUndefined();
});
