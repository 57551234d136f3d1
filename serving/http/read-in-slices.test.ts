import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPredictor } from '../predict/index.js';
import { chain, chainBundle, chainRecords } from '../reference/chain-bundle.js';
import { type InputRows, inputNames } from '../rows/input-names.js';
import { readInputRows } from '../rows/read-rows.js';
import { readInSlices } from './read-in-slices.js';

const { featureNames, componentNames } = createPredictor(chainBundle());
const names = inputNames(featureNames, componentNames);
const rows = Array.from({ length: 40 }, () => chain.rows).flat();
const head = featureNames.join(',');
const lines = rows.map((row) => row.map((value) => value ?? '').join(','));
const jsonLines = Array.from({ length: 40 }, () => chainRecords())
  .flat()
  .map((record) => JSON.stringify(record));
const going = { abandoned: false };

/** The rows, or the error with all that it says. */
async function outcome(work: () => InputRows | Promise<InputRows>): Promise<unknown> {
  try {
    const { kind, rows: found } = await work();
    return { kind, rows: [...found] };
  } catch (error) {
    return { ...(error as Error), message: (error as Error).message };
  }
}

async function same(text: string, format: 'csv' | 'jsonl', mostValues = 1e6): Promise<unknown> {
  const body = Buffer.from(text);
  const whole = await outcome(() => readInputRows(body, format, names, 'auto', mostValues));
  const reading = { body, format, names, header: 'auto', mostValues } as const;
  expect(await outcome(() => readInSlices(reading, going, 200))).toEqual(whole);
  return whole;
}

test.each<[string, string, 'csv' | 'jsonl', object]>([
  ['CSV with a header', [head, ...lines].join('\n'), 'csv', { kind: 'features' }],
  ['without one', `${lines.join('\r\n')}\r\n`, 'csv', { kind: 'features' }],
  ['some columns', `Age\n${'60\n61\n'.repeat(300)}`, 'csv', { kind: 'features' }],
  ['components', `PC1\n${'0.5\n'.repeat(300)}`, 'csv', { kind: 'components' }],
  ['with quotes', `Age\n${'60\n'.repeat(300)}"61"\n`, 'csv', { kind: 'features' }],
  ['JSON lines', jsonLines.join('\n'), 'jsonl', { kind: 'features' }],
  ['a bad cell', `Age\n${'60\n'.repeat(300)}old\n`, 'csv', { code: 'PREDICT_NOT_A_NUMBER', record: 300 }],
  ['a row too long', `Age\n${'60\n'.repeat(300)}1,2\n`, 'csv', { code: 'PREDICT_COLUMN_COUNT', record: 300 }],
  ['a broken line', `${jsonLines.join('\n')}\n{"Age":`, 'jsonl', { code: 'SERVING_BAD_JSON' }],
  ['an unknown name', `${jsonLines.join('\n')}\n{"Height":1}`, 'jsonl', { code: 'PREDICT_UNKNOWN_COLUMN' }],
  ['another kind', `${jsonLines.join('\n')}\n{"PC1":1}`, 'jsonl', { code: 'PREDICT_UNKNOWN_COLUMN' }],
])('the rows or the error of one step: %s', async (_what, text, format, expected) => {
  expect(await same(text, format)).toMatchObject(expected);
});

test('too many rows, and any lines', async () => {
  expect(await same(`Age\n${'60\n'.repeat(300)}`, 'csv', 1000)).toMatchObject({ code: 'SERVING_TOO_MANY_ROWS' });
  const line = fc.constantFrom('60', '', '1,2', 'Age', 'NA', '"6"', ' 7', '1e400', lines[0] as string, head);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 60, maxLength: 120 }), async (some) => {
      await same(some.join('\n'), 'csv');
    }),
    { numRuns: 100, seed: 6 },
  );
});

test('others have their turn, and it can be given up', async () => {
  const body = Buffer.from([head, ...lines].join('\n'));
  const reading = { body, format: 'csv', names, header: 'auto', mostValues: 1e6 } as const;
  let turns = 0;
  let reads = true;
  const turn = () => {
    turns++;
    if (reads) setImmediate(turn);
  };
  setImmediate(turn);
  await readInSlices(reading, going, 200);
  reads = false;
  expect(turns).toBeGreaterThan(20);
  const given = { abandoned: true };
  await expect(readInSlices(reading, given, 200)).rejects.toMatchObject({ code: 'SERVING_JOB_NOT_FOUND' });
});
