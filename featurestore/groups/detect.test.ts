import { describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../index.js';
import { columnsOf, detectDefinitions, type RawColumn } from './detect.js';

const keys = { recordIdentifier: 'id', eventTime: 'at' };
const table = (columns: Record<string, RawColumn>): Map<string, RawColumn> =>
  new Map(Object.entries({ id: ['1', '2'], at: ['2026-01-02', null], ...columns }));
const typeOf = (column: RawColumn): string | undefined =>
  detectDefinitions(table({ c: column }), keys).find((d) => d.name === 'c')?.type;

describe('detectDefinitions', () => {
  test.each<[string, RawColumn, string]>([
    ['whole numbers', [1, -2, null], 'integer'],
    ['numbers', [1, 2.5], 'double'],
    ['a float array', Float64Array.of(1, Number.NaN, 0.5), 'double'],
    ['a float array of whole numbers', Float64Array.of(1, Number.NaN), 'integer'],
    ['a float array without values', Float64Array.of(Number.NaN), 'double'],
    ['an infinite number', [1, Number.POSITIVE_INFINITY], 'double'],
    ['texts of whole numbers', ['12', '-3', ''], 'integer'],
    ['texts of decimals', ['1.0', '-2e-3', '.5'], 'double'],
    ['codes with leading zeros', ['007', '010'], 'string'],
    ['whole numbers beyond 2^53 in text', ['12345678901234567890', '1'], 'string'],
    ['words', ['1', 'n/a'], 'string'],
    ['numbers and words', [1, 'x'], 'string'],
    ['hexadecimal', ['0x10'], 'string'],
    ['dates', ['1993-10-31', '2026-02-28'], 'timestamp'],
    ['times with zones', ['1993-10-31T02:30:00Z', '1993-10-31 02:30+02:00'], 'timestamp'],
    ['times without a zone', ['1993-10-31T02:30:00'], 'string'],
    ['a date that does not exist', ['2026-02-31'], 'string'],
  ])('%s', (_what, column, type) => expect(typeOf(column)).toBe(type));

  test('keys, roles and given types', () => {
    const columns = table({ days: [1, 2], empty: [null, ''] });
    const definitions = detectDefinitions(columns, { ...keys, types: { empty: 'double' }, roles: { days: 'outcome' } });
    expect(definitions.map((d) => [d.name, d.type, d.role, d.unit])).toEqual([
      ['id', 'string', 'identifier', '1'],
      ['at', 'timestamp', 'metadata', 'ms'],
      ['days', 'integer', 'outcome', '1'],
      ['empty', 'double', 'feature', '1'],
    ]);
  });

  test('a column without values, or that is not there, is an error that names it', () => {
    expect(() => typeOf([null, ''])).toThrow(
      'The type of column "c" cannot be detected: it has no value; give its type',
    );
    expect(() => detectDefinitions(table({}), { ...keys, eventTime: 'when' })).toThrow('"when"');
    expect(() => detectDefinitions(table({}), { ...keys, roles: { agee: 'feature' } })).toThrow('"agee"');
  });

  test('the columns become a table that the store takes', async () => {
    const raw = table({ age: ['50', ''], at: ['2026-01-02', '1993-10-31T02:30:00+02:00'] });
    const definitions = detectDefinitions(raw, keys);
    const store = await openDuckDbStore({ file: ':memory:' });
    const group = { name: 'g', recordIdentifier: 'id', eventTime: 'at', settingsDigest: '', definitions };
    await store.ingest({ group, columns: columnsOf(definitions, raw), rowCount: 2, provenance: [] });
    const { rows } = await store.query('SELECT * FROM g ORDER BY id');
    expect(rows).toEqual([
      ['1', '2026-01-02T00:00:00.000Z', 50],
      ['2', '1993-10-31T00:30:00.000Z', null],
    ]);
    await store.close();
    const bad = new Map(raw).set('age', ['50', 'old']);
    expect(() => columnsOf(definitions, bad)).toThrow(
      '"age" cannot be detected: row 2 is "old", expected type integer',
    );
  });
});
