import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaledDecimal } from './decimal.js';

/** As the reader takes a text apart. */
function read(text: string): number {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const low = digits.slice(15);
  return scaledDecimal(Number(digits.slice(0, 15)), Number(low), low.length, -fraction.length);
}

test('decimal numbers of up to 19 digits are rounded as the language itself rounds them, or left to it', () => {
  let left = 0;
  let asked = 0;
  const check = (text: string) => {
    const found = read(text);
    asked++;
    if (Number.isNaN(found)) left++;
    else if (found !== Number(text)) throw new Error(`${text}: ${found}, expected ${Number(text)}`);
  };
  const digits = fc.bigInt({ min: 0n, max: 9_999_999_999_999_999_999n });
  const property = fc.property(digits, fc.integer({ min: 0, max: 20 }), (mantissa, point) => {
    const text = mantissa.toString().padStart(point + 1, '0');
    check(point === 0 ? text : `${text.slice(0, -point)}.${text.slice(-point)}`);
  });
  fc.assert(property, { numRuns: 20_000, seed: 7 });
  const doubles = fc.property(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), (value) => check(String(value)));
  fc.assert(doubles, { numRuns: 20_000, seed: 8 });
  expect(left / asked).toBeLessThan(0.02);
});

test('numbers half-way between two doubles and next to it', () => {
  for (const text of ['9007199254740993', '9007199254740993.0', '9007199254740992.999', '4503599627370497.5', '0.1']) {
    const found = read(text);
    if (!Number.isNaN(found)) expect(found, text).toBe(Number(text));
  }
});
