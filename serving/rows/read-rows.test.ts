import { describe, expect, test } from 'vitest';
import { inputNames } from './input-names.js';
import { readInputRows, readRows, rowsFormat } from './read-rows.js';

describe('rows from text', () => {
  test('CSV and JSON of the same rows are the same matrix', () => {
    const expected = Float64Array.of(1, Number.NaN, Number.NaN, 2.5, -3, 1e-3);
    expect(readRows('b,c,a\n,NA,1\n-3,.001,2.5\n', 'csv', ['a', 'b', 'c'])).toEqual(expected);
    expect(readRows('[{"a":1,"b":null},{"c":1e-3,"b":-3,"a":2.5}]', 'json', ['a', 'b', 'c'])).toEqual(expected);
    expect(readRows('1,,\n2.5,-3,0.001', 'csv', ['a', 'b', 'c'])).toEqual(expected);
  });

  test('a model of one column with a name like a number is told by the name', () => {
    expect(readRows('7\n8', 'csv', ['7'])).toEqual(Float64Array.of(8));
    expect(readInputRows('7\n8', 'csv', inputNames(['7']), 'absent').rows).toEqual(Float64Array.of(7, 8));
  });

  test('the format of a file is its ending', () => {
    expect([rowsFormat('a.csv'), rowsFormat('x/Y.JSON')]).toEqual(['csv', 'json']);
    expect(() => rowsFormat('/home/someone/rows.xlsx')).toThrow(/^"rows\.xlsx" is neither \.csv, \.json nor \.jsonl$/);
    expect(() => rowsFormat('csv.')).toThrow(/neither/);
  });
});
