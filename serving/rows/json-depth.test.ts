import { expect, test } from 'vitest';
import { parseJson } from './json-records.js';

const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

test('deep JSON is refused before it is parsed; wide JSON and brackets in strings are not', () => {
  expect(parseJson(nested(32))).toBeDefined();
  for (const text of [nested(33), nested(1_000_000), '{"a":'.repeat(33), `["\\"",${nested(32)}]`]) {
    expect(() => parseJson(text)).toThrow('nested more than 32 levels deep');
  }
  expect(parseJson(JSON.stringify(Array.from({ length: 100 }, () => ({ a: [1] }))))).toHaveLength(100);
  expect(parseJson(JSON.stringify(['['.repeat(100), '\\"{'.repeat(50)]))).toHaveLength(2);
});
