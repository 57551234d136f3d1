import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredPixels } from './pixel-data.js';
import { shiftInto } from './shift.js';

const arrays = [Uint8Array, Int8Array, Uint16Array, Int16Array] as const;
const stored = fc.oneof(
  ...arrays.map((type) => {
    const [low, high] = type.name.startsWith('U') ? [0, 2 ** (8 * type.BYTES_PER_ELEMENT) - 1] : [-128, 127];
    const wide = type === Int16Array ? { min: -32768, max: 32767 } : { min: low, max: high };
    return fc.array(fc.integer(wide), { minLength: 1, maxLength: 40 }).map((values): StoredPixels => new type(values));
  }),
);

test('two at a time gives what one at a time gives, at even and odd places', () => {
  const intercept = fc.oneof(
    fc.constantFrom(0, -1024, 1, -32768, 32767, 65535),
    fc.integer({ min: -70_000, max: 70_000 }),
  );
  fc.assert(
    fc.property(stored, intercept, fc.integer({ min: 0, max: 3 }), (values, b, offset) => {
      const out = new Int16Array(offset + values.length + 2).fill(7);
      const expected = Array.from(values, (v) => v + b);
      const fits = expected.every((v) => v >= -32768 && v <= 32767);
      const range = shiftInto(values, b, out, offset);
      if (!fits) {
        expect(range).toBeNull();
        return;
      }
      expect(range).toEqual({
        min: Math.min(...expected),
        max: Math.max(...expected),
        sum: expected.reduce((x, y) => x + y, 0),
      });
      expect([...out]).toEqual([...Array(offset).fill(7), ...expected, 7, 7]);
    }),
    { seed: 20261124, numRuns: 2000 },
  );
});

test('a sum of many large voxels does not overflow', () => {
  const range = shiftInto(new Uint16Array(100_001).fill(65_535), -32_768, new Int16Array(100_001), 0);
  expect(range).toEqual({ min: 32_767, max: 32_767, sum: 32_767 * 100_001 });
});
