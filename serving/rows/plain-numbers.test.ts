import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlainRows, plainRows as plainRowsOfBytes } from './plain-numbers.js';

const plainRows = (text: string, expected: number, most: number): PlainRows | undefined =>
  plainRowsOfBytes(Buffer.from(text), expected, most);
const one = (text: string): number | undefined => plainRows(text, 1, 1e6)?.values[0];

describe('plain rows of numbers', () => {
  test('each number is what the language itself reads', () => {
    const digits = fc.stringMatching(/^[0-9]{1,20}$/);
    const part = fc.tuple(
      fc.constantFrom('', '-', '+'),
      fc.oneof(
        digits,
        fc.tuple(digits, digits).map((pair) => pair.join('.')),
        digits.map((d) => `.${d}`),
        digits.map((d) => `${d}.`),
      ),
      fc.oneof(
        fc.constant(''),
        fc
          .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '-', '+'), fc.integer({ min: 0, max: 330 }))
          .map((p) => p.join('')),
      ),
    );
    const written = fc.oneof(
      part.map((parts) => parts.join('')),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
    );
    fc.assert(
      fc.property(written, (text) => {
        const expected = Number(text);
        // what overflows is left to the careful reader, which says where it is
        if (Number.isFinite(expected)) expect(one(text), text).toBe(expected);
        else expect(one(text) === undefined || one(text) === expected).toBe(true);
      }),
      { seed: 5, numRuns: 5000 },
    );
  });

  test('rows, blanks, empty cells, line ends', () => {
    expect(plainRows(' 1 ,\t2\r\n\r\n  \n-3,\r4,5e1\n', 2, 100)).toEqual({
      values: Float64Array.of(1, 2, -3, Number.NaN, 4, 50),
      width: 2,
    });
    expect(plainRows(',1', 9, 100)?.values).toEqual(Float64Array.of(Number.NaN, 1));
    expect(Object.is(one('-0'), -0)).toBe(true);
  });

  test.each([
    ['header', 'a,b\n1,2'],
    ['quotes', '"1"'],
    ['NA', '1,NA'],
    ['hexadecimal', '0x10'],
    ['two numbers', '1 2'],
    ['sign alone', '-'],
    ['dot alone', '.'],
    ['no exponent', '1e'],
    ['no exponent, sign', '1e+'],
    ['overflow', '1e999'],
    ['uneven', '1,2\n3'],
    ['a row of nothing', '1,2\n,'],
    ['nothing', ' \n'],
    ['other digits', '١'],
    ['no break space', '1\u00a0'],
    ['NUL', '1\u0000'],
  ])('anything else is left alone: %s', (_what, text) => {
    expect(plainRows(text, 2, 100)).toBeUndefined();
  });

  test('at most so many values', () => {
    expect(plainRows('1,2\n3,4', 2, 4)?.values.length).toBe(4);
    expect(plainRows('1,2\n3,4\n5', 2, 4)).toBeUndefined();
  });
});
