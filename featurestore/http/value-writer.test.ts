import { expect, test } from 'vitest';
import type { FeatureGroup, FeatureType, PackedRecord } from '../contract/index.js';
import { layoutOf, unpacked } from '../records/packed-record.js';
import { ReplyBytes } from './reply-bytes.js';
import { batchBytes, recordBytes } from './rest/record-bytes.js';
import { awsRecordWriter } from './sagemaker/record-bytes.js';

const types: readonly (readonly [string, FeatureType])[] = [
  ['id', 'string'],
  ['seen', 'timestamp'],
  ['first', 'double'],
  ['text', 'string'],
  ['when', 'timestamp'],
  ['2', 'integer'],
  ['last', 'double'],
];
const group: FeatureGroup = {
  name: 'g',
  recordIdentifier: 'id',
  eventTime: 'seen',
  settingsDigest: '',
  definitions: types.map(([name, type]) => ({ name, type, unit: '1', description: '', role: 'feature' })),
};

/** Numbers in the order of the slots: first, when, 2, last. */
function recordWith(numbers: readonly number[], text: string | null, features?: readonly string[]): PackedRecord {
  const values = { numbers: Float64Array.from(numbers), texts: [text] };
  const layout = layoutOf(group, features);
  return {
    group: 'g',
    version: 1,
    id: 'P"ü\u{1f600}',
    eventTimeMs: 86_400_250,
    expiresAtMs: Number.NaN,
    layout,
    values,
  };
}

const records = [
  recordWith([0.1, 0, 3, 1e21], 'plain'),
  recordWith([Number.NaN, Number.NaN, Number.NaN, Number.NaN], null),
  recordWith([-0, 1e12, -5, -5e-324], 'quote " back \\ line \n é 中 \u{1f600} \ud800'),
  recordWith([Number.POSITIVE_INFINITY, 1, 9007199254740991, Number.NEGATIVE_INFINITY], ''),
  recordWith([-2.2250738585072014e-308, 1, 2, 1.7976931348623157e308], 'x'),
  recordWith([1.5, 1, 2, 2.5], 'x', ['last', 'text', 'first', 'last', 'gone']),
  recordWith([1.5, 1, 2, 2.5], 'x', ['seen', 'id']),
];

test('our own JSON is that of the record', () => {
  for (const record of records) {
    const { values: named, ...rest } = unpacked(record);
    const found = recordBytes(record).toString('utf8');
    expect(JSON.parse(found)).toEqual(JSON.parse(JSON.stringify({ ...rest, values: named })));
  }
  const expiring = { ...recordWith([1, 2, 3, 4], 'x'), expiresAtMs: 1 };
  expect(JSON.parse(recordBytes(expiring).toString('utf8')).expiresAt).toBe('1970-01-01T00:00:00.001Z');
  const errors = [{ group: 'h', ids: ['1'], code: 'C', message: 'é' }];
  expect(JSON.parse(batchBytes({ records, errors }).toString('utf8'))).toEqual(
    JSON.parse(JSON.stringify({ records: records.map(unpacked), errors })),
  );
});

test('the client’s JSON has a text for each value that is there', () => {
  for (const record of records) {
    // a buffer that is too small at first grows
    const reply = new ReplyBytes(0);
    awsRecordWriter(group)(record.layout).write(record, reply);
    const { values } = unpacked(record);
    const expected = record.layout.features.flatMap(({ name }) => {
      const value = values[name] ?? null;
      return value === null ? [] : [{ FeatureName: name, ValueAsString: String(value) }];
    });
    expect(JSON.parse(reply.end().toString('utf8'))).toEqual(JSON.parse(JSON.stringify(expected)));
  }
});

test('many records in one reply, each as it is alone', () => {
  const many = Array.from({ length: 300 }, (_, i) => recordWith([i / 3, i, i, -(i + 1) / 7], 'é'.repeat(i)));
  const { records: found } = JSON.parse(batchBytes({ records: many, errors: [] }).toString('utf8'));
  expect(found).toEqual(many.map(unpacked));
});
