import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPredictor } from '../predict/index.js';
import { chain, chainBundle, chainRecords, chainRows } from '../reference/chain-bundle.js';
import { readRows } from '../rows/read-rows.js';
import { writeParquetAnswers } from './parquet-answers.js';
import { openDuckDb } from './parquet-source.js';
import { type BatchOptions, runBatch } from './run-batch.js';

const bundle = chainBundle();
const model = { manifest: bundle.manifest, predictor: createPredictor(bundle) };
const names = model.predictor.featureNames;
const expected = model.predictor.predictRows(chainRows());

let folder = '';
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thoracle-batch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const csv = (rows: readonly (readonly unknown[])[] = chain.rows, end = '\n') =>
  [`case_id,${names.join(',')}`, ...rows.map((row, i) => [`P${i}`, ...row.map((v) => v ?? '')].join(','))].join(end) +
  end;
const jsonl = () =>
  chainRecords()
    .map((record, i) => `${JSON.stringify({ case_id: `P${i}`, ...record })}\n`)
    .join('');

/** Writes a text and predicts for it. */
function batch(text: string | Buffer, { input = 'in.csv', out = 'out.jsonl', ...more }: Partial<BatchOptions> = {}) {
  writeFileSync(at(input), text);
  return runBatch({ model, input: at(input), out: at(out), ...more });
}
const lines = (file = 'out.jsonl') => readFileSync(at(file), 'utf8').trim().split('\n');
const answers = () => lines().map((line) => JSON.parse(line) as Record<string, unknown>);
const badRows = () => lines('out.jsonl.errors.csv').slice(1);

async function parquetRows(file: string, sql = `SELECT * FROM read_parquet('${at(file)}')`) {
  const { connection, close } = await openDuckDb();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  await close();
  return rows;
}

describe('answers', () => {
  const asWritten = expected.map((prediction, i) => {
    const { medianSurvivalDays: _none, riskGroup: _neither, ...rest } = prediction;
    return { row: i + 1, case_id: `P${i}`, ...rest };
  });

  test('of CSV, JSON lines and their gzip are those of the predictor, for every row', async () => {
    const inputs = {
      'in.csv': csv(),
      'in.csv.gz': gzipSync(csv()),
      'in.ndjson': jsonl(),
      'in.jsonl.gz': gzipSync(jsonl()),
    };
    for (const [input, text] of Object.entries(inputs)) {
      rmSync(at('out.jsonl'), { force: true });
      const summary = await batch(text, { input });
      expect(summary).toMatchObject({ rows: expected.length, bad: 0, errors: null, absentColumns: [] });
      expect(answers(), input).toEqual(asWritten);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toEqual(['out.jsonl']);
  });

  test('as CSV and as Parquet, from Parquet', async () => {
    await batch(csv(), { out: 'out.csv' });
    const [head, first = ''] = lines('out.csv');
    expect(head).toBe('row,case_id,score,probability,label,risk,imputed,outOfRange');
    const { score, label, risk, imputed, outOfRange } = expected[0] as (typeof expected)[number];
    expect(first).toBe(`1,P0,${score},${score},${label},${risk},${imputed.join(';')},${outOfRange.join(';')}`);
    const { connection, close } = await openDuckDb();
    await connection.run(`COPY (FROM read_csv('${at('in.csv')}')) TO '${at('in.parquet')}'`);
    await close();
    await runBatch({ model, input: at('in.parquet'), out: at('out.parquet') });
    const found = await parquetRows('out.parquet');
    expect(found).toHaveLength(expected.length);
    expect(found.map((row) => row.score)).toEqual(expected.map((one) => one.score));
    expect(found.map((row) => row.imputed)).toEqual(
      expected.map((one) => (one.imputed.length > 0 ? one.imputed : null)),
    );
    expect(found[1]).toMatchObject({ row: '2', case_id: 'P1' });
  });

  test('explained add up to the risk', async () => {
    await batch(csv(), { explain: true });
    for (const answer of answers()) {
      const sum = (parts: unknown) => Object.values(parts as Record<string, number>).reduce((a, b) => a + b, 0);
      expect((answer.expected as number) + sum(answer.contributions)).toBeCloseTo(answer.risk as number, 5);
      expect((answer.expected as number) + sum(answer.modalities)).toBeCloseTo(answer.risk as number, 5);
    }
    await batch(csv(), { explain: true, out: 'out.csv' });
    expect(lines('out.csv')[0]).toContain(',expected,modality:genomic,');
    expect(lines('out.csv')[0]?.split(',').length).toBe(lines('out.csv')[1]?.split(',').length);
  });

  test('do not depend on line ends, byte order mark, blanks, quotes, the order of columns, or missing words', async () => {
    await batch(csv());
    const plain = readFileSync(at('out.jsonl'), 'utf8');
    const quotedRows = chain.rows.map((row) => row.map((v) => (v === null ? 'NaN' : ` "${v}" `)));
    const shuffled = csv()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(',').reverse().join(','));
    const texts = [
      csv(chain.rows, '\r\n'),
      csv(chain.rows, '\r'),
      `\uFEFF${csv()}`,
      csv(quotedRows),
      `\n \n${csv()}\n\n`,
      csv().trimEnd(),
      shuffled.join('\n'),
    ];
    for (const word of ['NA', 'n/a', 'nan']) texts.push(csv(chain.rows.map((row) => row.map((v) => v ?? word))));
    for (const [i, text] of texts.entries()) {
      rmSync(at('out.jsonl'));
      await batch(text);
      expect(readFileSync(at('out.jsonl'), 'utf8'), `variant ${i}`).toBe(plain);
    }
  });

  test('numbers are read as the server reads them, whatever their form', async () => {
    const cell = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }).map(String),
      fc.stringMatching(/^[-+]?[0-9]{0,20}\.?[0-9]{0,20}([eE][-+]?[0-9]{1,3})?$/),
      fc.constantFrom(
        '',
        'NA',
        '1e999',
        '-',
        '.',
        '1e',
        '0x10',
        '1_000',
        '--1',
        'Infinity',
        '+1.',
        '00.50',
        '1e+5',
        '1.2.3',
      ),
    );
    const header = names.slice(0, 3);
    const rows = fc.sample(fc.array(cell, { minLength: 3, maxLength: 3 }), { numRuns: 600, seed: 5 });
    await batch([header.join(','), ...rows.map((row) => row.join(','))].join('\n'));
    const found = new Map(answers().map((answer) => [answer.row, answer.score]));
    let blank = 0;
    for (const [i, row] of rows.entries()) {
      const text = `${header.join(',')}\n${row.join(',')}\n`;
      let score: number | undefined;
      try {
        score = model.predictor.predictRows(readRows(text, 'csv', names))[0]?.score;
      } catch {
        blank++;
      }
      expect(found.get(i + 1), row.join(',')).toBe(score);
    }
    expect(blank).toBeGreaterThan(20);
    expect(found.size).toBeGreaterThan(100);
  });
});

describe('rows that cannot be used', () => {
  const [one, two] = names as [string, string];
  test('go to the error file with line, column and reason; the others are answered', async () => {
    const text = [
      `id,${one},${two}`,
      'a,1,2',
      'b,many,2',
      '"c\nc",1,2',
      'd,1',
      'e,,',
      'f,1,2,3',
      'g,1e300,2',
      'h,1,"2" x',
      'i,"1,2',
      'j,1,2',
      'k,1,2"',
      'l,3,4',
    ].join('\n');
    const summary = await batch(text);
    expect(summary).toMatchObject({ rows: 12, predicted: 4, bad: 8 });
    expect(answers().map(({ row, id }) => [row, id])).toEqual([
      [1, 'a'],
      [3, 'c\nc'],
      [10, 'j'],
      [12, 'l'],
    ]);
    expect(badRows()).toEqual([
      `2,3,${one},PREDICT_NOT_A_NUMBER,found text (4 characters) where a number or nothing (missing) is expected`,
      '4,6,,PREDICT_COLUMN_COUNT,"has 2 columns, expected 3"',
      '5,7,,PREDICT_EMPTY_RECORD,holds no value for any column of the model',
      '6,8,,PREDICT_COLUMN_COUNT,"has 4 columns, expected 3"',
      `7,9,${one},PREDICT_OUT_OF_FLOAT32,the number is infinite or larger than a 32-bit float can hold`,
      '8,10,,SERVING_BAD_CSV,text follows a closing quote',
      '9,11,,SERVING_BAD_CSV,a quoted cell is never closed',
      '11,13,,SERVING_BAD_CSV,a quote stands in the middle of a cell',
    ]);
    expect(summary.errors).toBe(at('out.jsonl.errors.csv'));
  });

  test('of JSON lines too; the error file may be JSON lines', async () => {
    const text = [`{"${one}":1}`, '[1,2]', '{', '{}', '', `{"${one}":"x"}`, `{"other":1}`, `{"${one}":2}`].join('\n');
    await batch(text, { input: 'in.jsonl', errors: at('bad.jsonl') });
    expect(answers().map(({ row }) => row)).toEqual([1, 7]);
    const found = lines('bad.jsonl').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(found.map(({ row, line, column, code }) => [row, line, column, code])).toEqual([
      [2, 2, undefined, 'PREDICT_NOT_A_RECORD'],
      [3, 3, undefined, 'SERVING_BAD_JSON'],
      [4, 4, undefined, 'PREDICT_EMPTY_RECORD'],
      [5, 6, one, 'PREDICT_NOT_A_NUMBER'],
      [6, 7, 'other', 'PREDICT_UNKNOWN_COLUMN'],
    ]);
  });

  test('all of them: the job ends with an empty answer and a full error file', async () => {
    expect(await batch(`${one}\nx\ny\n`)).toMatchObject({ rows: 2, predicted: 0, bad: 2 });
    expect(readFileSync(at('out.jsonl'), 'utf8')).toBe('');
  });
});

describe('refused at once, and nothing is left', () => {
  const [one, two] = names as [string, string];
  const cases: readonly (readonly [string, string | Buffer, Partial<BatchOptions>, string, RegExp])[] = [
    ['an empty file', '', {}, 'SERVING_BATCH_INPUT', /it is empty/],
    ['an empty file of JSON', '\n', { input: 'in.jsonl' }, 'SERVING_BATCH_INPUT', /it is empty/],
    ['a header alone', `${one}\n`, {}, 'SERVING_BATCH_INPUT', /no rows/],
    ['other columns', 'a,b\n1,2\n', {}, 'SERVING_BATCH_COLUMNS', /names none/],
    ['one column too many', `${one},weight\n1,2\n`, {}, 'SERVING_BATCH_COLUMNS', /does not take "weight"/],
    ['a column twice', `${one},${one}\n1,2\n`, {}, 'PREDICT_DUPLICATE_COLUMN', /named more than once/],
    ['two identifiers', `id,case_id,${one}\n1,2,3\n`, {}, 'SERVING_BATCH_COLUMNS', /--id/],
    ['no such identifier', `${one}\n1\n`, { id: 'case' }, 'SERVING_BATCH_COLUMNS', /no column "case"/],
    ['an input as identifier', `${one},${two}\n1,2\n`, { id: two }, 'SERVING_BATCH_COLUMNS', /no identifier/],
    [
      'an identifier called as an answer',
      `score,${one}\n1,2\n`,
      { id: 'score' },
      'SERVING_BATCH_COLUMNS',
      /cannot be called/,
    ],
    ['UTF-16', Buffer.from(`\uFEFF${one}\n1\n`, 'utf16le'), {}, 'SERVING_BATCH_INPUT', /UTF-16/],
    ['no gzip', csv(), { input: 'in.csv.gz' }, 'SERVING_BATCH_INPUT', /no gzip/],
    ['gzip cut off', gzipSync(csv()).subarray(0, -20), { input: 'in.csv.gz' }, 'SERVING_BATCH_INPUT', /end too early/],
    [
      'gzip without its sum',
      gzipSync(csv()).subarray(0, -6),
      { input: 'in.csv.gz' },
      'SERVING_BATCH_INPUT',
      /too early/,
    ],
    ['no Parquet', csv(), { input: 'in.parquet' }, 'SERVING_BATCH_INPUT', /no sound Parquet/],
    ['a first record that is none', '[1]\n', { input: 'in.jsonl' }, 'SERVING_BATCH_INPUT', /is a list/],
    ['another format', 'x', { input: 'in.xlsx' }, 'SERVING_BATCH_INPUT', /none of \.csv/],
    [
      'another format of the output',
      csv(),
      { out: 'out.xlsx' },
      'SERVING_BATCH_OUTPUT',
      /\.csv or \.jsonl or \.parquet/,
    ],
  ];
  test.each(cases)('%s', async (_what, text, options, code, sentence) => {
    const error: unknown = await batch(text, options).catch((e: unknown) => e);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(sentence);
    expect((error as Error).message).not.toContain(folder);
    expect(readdirSync(folder)).toEqual([options.input ?? 'in.csv']);
  });

  test('a missing input, and an output that exists', async () => {
    await expect(runBatch({ model, input: at('no.csv'), out: at('out.csv') })).rejects.toMatchObject({
      code: 'ENOENT',
      path: at('no.csv'),
    });
    writeFileSync(at('out.jsonl'), 'mine');
    await expect(batch(csv())).rejects.toMatchObject({ code: 'SERVING_BATCH_OUTPUT' });
    expect(readFileSync(at('out.jsonl'), 'utf8')).toBe('mine');
  });
});

describe('a job that was broken off', () => {
  const repeated = Array.from({ length: 300 }, () => chain.rows).flat();
  const inputs: Readonly<Record<string, () => string | Buffer | Promise<void>>> = {
    'in.csv': () => csv(repeated).replaceAll(/^(P\d*7),[^,]*/gm, '$1,oops'),
    'in.csv.gz': () => gzipSync(csv(repeated).replaceAll(/^(P\d*7),[^,]*/gm, '$1,oops')),
    'in.jsonl': () =>
      jsonl()
        .repeat(300)
        .replaceAll(/"P(\d*7)",/g, '"P$1","what":1,'),
    'in.parquet': async () => {
      writeFileSync(at('in.csv'), csv(repeated));
      const { connection, close } = await openDuckDb();
      await connection.run(`COPY (FROM read_csv('${at('in.csv')}')) TO '${at('in.parquet')}' (ROW_GROUP_SIZE 2048)`);
      await close();
    },
  };
  const make = async (input: string) => {
    const content = inputs[input]?.();
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(at(input), content);
    else await content;
  };
  const run = (input: string, more: Partial<BatchOptions> = {}) =>
    runBatch({ model, input: at(input), out: at('out.csv'), checkpointMs: 0, ...more });
  /** Breaks off behind the block in which so many rows were done. */
  const breakOff = async (input: string, rows: number, more: Partial<BatchOptions> = {}) => {
    const onProgress = (done: number) => {
      if (done >= rows) throw new Error('broken off');
    };
    await expect(run(input, { ...more, onProgress })).rejects.toThrow('broken off');
  };

  test.each(Object.keys(inputs))('goes on to the same bytes as an unbroken one: %s', async (input) => {
    await make(input);
    const whole = await run(input, { out: at('whole.csv') });
    expect(whole.rows).toBe(repeated.length);
    await breakOff(input, 8000);
    appendFileSync(at('out.csv.partial'), '7,P6,torn');
    await breakOff(input, 12_000, { resume: true });
    expect(existsSync(at('out.csv'))).toBe(false);
    const resumed = await run(input, { resume: true });
    expect(resumed.resumedAt).toBeGreaterThan(0);
    expect({ ...resumed, out: '', errors: '', resumedAt: 0 }).toEqual({ ...whole, out: '', errors: '' });
    expect(readFileSync(at('out.csv'), 'utf8') === readFileSync(at('whole.csv'), 'utf8')).toBe(true);
    if (whole.bad > 0) {
      const errors = (name: string) => readFileSync(at(`${name}.errors.csv`), 'utf8');
      expect(errors('out.csv')).toBe(errors('whole.csv'));
    }
    expect(readdirSync(folder).filter((name) => /partial|state|lock/.test(name))).toEqual([]);
  });

  test('is refused with another model, input or option, without --resume, and with a damaged state; nothing is lost', async () => {
    await make('in.csv');
    utimesSync(at('in.csv'), 5000, 5000);
    await breakOff('in.csv', 8000);
    await expect(run('in.csv')).rejects.toMatchObject({ code: 'SERVING_BATCH_OUTPUT' });
    const other = { ...model, manifest: { ...model.manifest, modelId: 'another' } };
    const refused = { code: 'SERVING_BATCH_RESUME' };
    await expect(run('in.csv', { resume: true, model: other })).rejects.toMatchObject(refused);
    await expect(run('in.csv', { resume: true, explain: true })).rejects.toMatchObject(refused);
    utimesSync(at('in.csv'), 1000, 1000);
    await expect(run('in.csv', { resume: true })).rejects.toThrow('its input was changed since it was begun');
    const state = readFileSync(at('out.csv.state'), 'utf8');
    writeFileSync(at('out.csv.state'), state.slice(0, 40));
    await expect(run('in.csv', { resume: true })).rejects.toThrow('its state file is damaged');
    writeFileSync(at('out.csv.state'), state);
    utimesSync(at('in.csv'), 5000, 5000);
    truncateSync(at('out.csv.partial'), 10);
    await expect(run('in.csv', { resume: true })).rejects.toThrow('out.csv.partial is not what it wrote');
  });

  test('because its gzip is cut off: no answers under their name, and no resuming with another input', async () => {
    await make('in.csv.gz');
    const whole = readFileSync(at('in.csv.gz'));
    writeFileSync(at('in.csv.gz'), whole.subarray(0, Math.floor(0.9 * whole.length)));
    const cutOff = { code: 'SERVING_BATCH_INPUT', message: expect.stringContaining('the gzip data end too early') };
    await expect(run('in.csv.gz')).rejects.toMatchObject(cutOff);
    expect(existsSync(at('out.csv'))).toBe(false);
    expect(readFileSync(at('out.csv.partial')).length).toBeGreaterThan(0);
    await expect(run('in.csv.gz', { resume: true })).rejects.toMatchObject(cutOff);
    writeFileSync(at('in.csv.gz'), whole);
    await expect(run('in.csv.gz', { resume: true })).rejects.toMatchObject({ code: 'SERVING_BATCH_RESUME' });
  });

  test.skipIf(!existsSync('/dev/full'))(
    'because the disk is full when Parquet is written [needs /dev/full]',
    async () => {
      writeFileSync(at('table.csv'), 'row,score\n1,0.5\n');
      const columns = [
        { name: 'row', type: 'integer' },
        { name: 'score', type: 'number' },
      ] as const;
      const full = { code: 'ENOSPC', path: '/dev/full' };
      await expect(writeParquetAnswers(at('table.csv'), '/dev/full', columns)).rejects.toMatchObject(full);
    },
  );

  test.skipIf(!existsSync('/dev/full'))(
    'because the disk is full is told with the path, and goes on later [needs /dev/full]',
    async () => {
      await make('in.csv');
      const whole = await run('in.csv', { out: at('whole.csv') });
      symlinkSync('/dev/full', at('out.csv.partial'));
      await expect(run('in.csv')).rejects.toMatchObject({ code: 'ENOSPC', path: at('out.csv.partial') });
      rmSync(at('out.csv.partial'), { force: true });
      expect((await run('in.csv', { resume: true })).rows).toBe(whole.rows);
      expect(readFileSync(at('out.csv'), 'utf8') === readFileSync(at('whole.csv'), 'utf8')).toBe(true);
    },
  );
});
