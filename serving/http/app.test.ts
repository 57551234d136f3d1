import { Writable } from 'node:stream';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { createPredictor } from '../predict/index.js';
import { chain, chainBundle, chainRecords } from '../reference/chain-bundle.js';
import { buildApp } from './app.js';

const { manifest } = chainBundle();
const predictor = createPredictor(chainBundle());
const app = buildApp({ predictor, manifest });
afterAll(() => app.close());

const names = predictor.featureNames;
const csvRow = (row: readonly (number | null)[]): string => row.map((v) => v ?? '').join(',');
const csv = (payload: string, headers: Readonly<Record<string, string>> = {}) =>
  app.inject({ method: 'POST', url: '/invocations', payload, headers: { 'content-type': 'text/csv', ...headers } });
const json = (payload: unknown, headers: Readonly<Record<string, string>> = {}) =>
  app.inject({
    method: 'POST',
    url: '/invocations',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
const close = (found: readonly number[]): void => {
  expect(found.length).toBe(chain.probabilities.length);
  for (const [i, p] of found.entries()) expect(Math.abs(p - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
};

describe('answers', () => {
  test('CSV with a header', async () => {
    const reply = await csv([names.join(','), ...chain.rows.map(csvRow)].join('\r\n'));
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/csv/);
    close(reply.body.split(',').map(Number));
  });

  test("CSV without a header, in the model's order", async () => {
    close((await csv(`${chain.rows.map(csvRow).join('\n')}\n`)).body.split(',').map(Number));
  });

  test('CSV columns in any order, some left out, missing in every spelling', async () => {
    const whole = await csv('Age,LRIG1,CD44,HPGD\n60,1,NA,\n');
    for (const body of [
      '\uFEFFLRIG1,Age\n1,60',
      '"LRIG1" , "Age"\n 1.0 ,6e1\n\n',
      'Age,LRIG1,Gender_Male\n60,+1,nan',
    ]) {
      const reply = await csv(body);
      expect([reply.statusCode, reply.body]).toEqual([200, whole.body]);
    }
  });

  test('header=present and header=absent settle what the first row is', async () => {
    const row = csvRow(chain.rows[1] ?? []);
    expect((await csv(row, { 'content-type': 'text/csv; header=absent' })).statusCode).toBe(200);
    expect((await csv(`${names.join(',')}\n${row}`, { 'content-type': 'text/csv;header="present"' })).statusCode).toBe(
      200,
    );
    expect((await csv(row, { 'content-type': 'text/csv; header=present' })).json().error.code).toBe(
      'PREDICT_UNKNOWN_COLUMN',
    );
    expect((await csv(names.join(','), { 'content-type': 'text/csv; header=absent' })).json().error).toMatchObject({
      row: 1,
      column: 'LRIG1',
    });
  });

  test('JSON in its three shapes', async () => {
    const records = chainRecords();
    const wrapped = await json({ instances: records });
    expect(wrapped.statusCode).toBe(200);
    expect(wrapped.headers['content-type']).toMatch(/^application\/json/);
    close(wrapped.json().predictions.map((p: { probability: number }) => p.probability));
    expect(wrapped.json().model).toBe('recorded-chain');
    expect((await json(records)).body).toBe(wrapped.body);
    expect((await json(records[3])).json().predictions).toEqual([wrapped.json().predictions[3]]);
  });

  test('JSON says what was filled in and what is out of range', async () => {
    const { predictions } = (await json({ Age: 400, LRIG1: 1 })).json();
    expect(predictions[0].outOfRange).toEqual(['Age']);
    expect(predictions[0].imputed).toContain('original_shape_Sphericity');
  });

  test.each<[string, string, string]>([
    ['text/csv', 'application/json', 'text/csv'],
    ['application/json, text/csv;q=0.5', 'text/csv', 'application/json'],
    ['*/*', 'text/csv', 'text/csv'],
    ['*/*', 'application/json', 'application/json'],
    ['application/*', 'text/csv', 'application/json'],
    ['text/csv;q=0, */*;q=0.1', 'text/csv', 'application/json'],
    ['TEXT/CSV', 'application/json', 'text/csv'],
  ])('Accept %s for %s is answered as %s', async (accept, sent, expected) => {
    const reply = sent === 'text/csv' ? await csv('Age\n60', { accept }) : await json({ Age: 60 }, { accept });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toContain(expected);
  });

  test('ping, model and documentation', async () => {
    expect((await app.inject('/ping')).json()).toEqual({ status: 'ok', model: 'recorded-chain' });
    expect((await app.inject({ method: 'HEAD', url: '/ping' })).statusCode).toBe(200);
    const model = (await app.inject('/model')).json();
    expect(model.steps).toBeUndefined();
    expect(model.columns.length).toBe(8);
    expect(model.baseline.auc).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    const api = (await app.inject('/openapi.json')).json();
    expect(Object.keys(api.paths).sort()).toEqual(['/invocations', '/model', '/ping']);
    expect(api.info.description).toMatch(/Not a medical device/);
    const content = api.paths['/invocations'].post.requestBody.content;
    expect(Object.keys(content)).toEqual(['application/json', 'text/csv']);
    const instances = content['application/json'].schema.properties.instances;
    expect(Object.keys(instances.items.properties)).toEqual([...names]);
  });

  test('the page works without a network and says what it is not', async () => {
    const page = await app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch(/text\/html/);
    expect(page.body).toMatch(/Not a medical device/);
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => m[1] as string);
    expect(loaded.length).toBeGreaterThan(3);
    for (const url of loaded) {
      expect(url).not.toMatch(/^(https?:)?\/\//);
      expect((await app.inject(new URL(url, 'http://local/docs/').pathname)).statusCode, url).toBe(200);
    }
  });
});

describe('refusals name what is wrong', () => {
  const rest = ',1,1,60,0,1,0.5,1';
  test.each<[string, string, number, object, RegExp]>([
    [
      'not a number',
      `Age,LRIG1\n60,1\nold,2`,
      422,
      { row: 2, column: 'Age', code: 'PREDICT_NOT_A_NUMBER' },
      /Row 2, column "Age": found text \(3 char/,
    ],
    ['not a number, no header', `1${rest}\nx${rest}`, 422, { row: 2, column: 'LRIG1' }, /found text/],
    ['bad cell in the first row, no header', `x${rest}`, 422, { row: 1, column: 'LRIG1' }, /found text/],
    ['hexadecimal', 'Age\n0x10', 422, { row: 1, column: 'Age' }, /found text/],
    ['infinity', 'Age\nInfinity', 422, { row: 1, column: 'Age' }, /found text/],
    ['overflow', 'Age\n1e999', 422, { row: 1, column: 'Age', code: 'PREDICT_OUT_OF_FLOAT32' }, /infinite/],
    ['decimal comma', 'Age\n"60,5"', 422, { row: 1, column: 'Age' }, /found text/],
    ['unknown column', 'Age,Weight\n60,70', 422, { column: 'Weight', code: 'PREDICT_UNKNOWN_COLUMN' }, /not a column/],
    ['column twice', 'Age,Age\n60,70', 422, { column: 'Age', code: 'PREDICT_DUPLICATE_COLUMN' }, /more than once/],
    ['short row', 'Age,LRIG1\n60,1\n60', 422, { row: 2, code: 'PREDICT_COLUMN_COUNT' }, /has 1 columns, expected 2/],
    ['long row', 'Age\n60,1', 422, { row: 1, code: 'PREDICT_COLUMN_COUNT' }, /has 2 columns, expected 1/],
    ['short row, no header', '1,2,3', 422, { row: 1, code: 'PREDICT_COLUMN_COUNT' }, /has 3 columns, expected 8/],
    ['nothing given', 'Age,LRIG1\nNA,', 422, { row: 1, code: 'PREDICT_EMPTY_RECORD' }, /holds no value/],
    ['logarithm', 'LRIG1\n-2', 422, { row: 1, column: 'LRIG1', code: 'PREDICT_NO_LOGARITHM' }, /logarithm/],
    ['open quote', 'Age\n"60', 400, { code: 'SERVING_BAD_CSV' }, /quoted cell is never closed/],
    ['quote inside', 'Age\n6"0"', 400, { code: 'SERVING_BAD_CSV' }, /middle of a cell/],
    ['text after quote', 'Age\n"60"x', 400, { code: 'SERVING_BAD_CSV' }, /follows a closing quote/],
    ['header only', 'Age,LRIG1\n', 400, { code: 'SERVING_NO_ROWS' }, /no rows/],
    ['empty', '', 400, { code: 'SERVING_NO_ROWS' }, /no rows/],
    ['blank', ' \n\n', 400, { code: 'SERVING_NO_ROWS' }, /no rows/],
  ])('CSV: %s', async (_what, body, status, error, message) => {
    const reply = await csv(body);
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(reply.json().error).toMatchObject(error);
    expect(reply.json().error.message).toMatch(message);
  });

  test.each<[string, unknown, number, object, RegExp]>([
    [
      'cut off',
      '{"instances": [{"Age": 6',
      400,
      { code: 'SERVING_BAD_JSON' },
      /JSON cannot be parsed: it ends too early/,
    ],
    ['no JSON', 'Age=60', 400, { code: 'SERVING_BAD_JSON' }, /unexpected character/],
    ['NaN', '{"Age": NaN}', 400, { code: 'SERVING_BAD_JSON' }, /unexpected character \(NaN/],
    ['a number', '7', 400, { code: 'SERVING_BAD_SHAPE' }, /is a number; expected/],
    ['null', 'null', 400, { code: 'SERVING_BAD_SHAPE' }, /is null/],
    ['instances no list', { instances: { Age: 1 } }, 400, { code: 'SERVING_BAD_SHAPE' }, /not a list/],
    [
      'more than instances',
      { instances: [{ Age: 1 }], parameters: {} },
      400,
      { code: 'SERVING_BAD_SHAPE' },
      /more in it/,
    ],
    ['no instances', { instances: [] }, 400, { code: 'SERVING_NO_ROWS' }, /no rows/],
    ['empty list', [], 400, { code: 'SERVING_NO_ROWS' }, /no rows/],
    [
      'positional',
      [[1, 2]],
      422,
      { row: 1, code: 'PREDICT_NOT_A_RECORD', reason: 'is a list, expected an object of column names and numbers' },
      /Row 1/,
    ],
    ['number as text', [{ Age: 60 }, { Age: '60' }], 422, { row: 2, column: 'Age' }, /found text \(2 characters\)/],
    ['boolean', { Age: false }, 422, { row: 1, column: 'Age' }, /found a boolean/],
    ['unknown column', { Age: 1, SurvivalStatus: 1 }, 422, { row: 1, column: 'SurvivalStatus' }, /not a column/],
    ['prototype', '{"__proto__": {"Age": 1}}', 422, { row: 1, column: '__proto__' }, /not a column/],
    ['empty record', {}, 422, { row: 1, code: 'PREDICT_EMPTY_RECORD' }, /holds no value/],
    ['too large', '{"Age": 1e400}', 422, { row: 1, column: 'Age', code: 'PREDICT_OUT_OF_FLOAT32' }, /infinite/],
    ['empty', '', 400, { code: 'SERVING_NO_ROWS' }, /no rows/],
  ])('JSON: %s', async (_what, body, status, error, message) => {
    const reply = await json(body);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error).toMatchObject(error);
    expect(reply.json().error.message).toMatch(message);
  });

  test('what was in a cell is not repeated', async () => {
    expect((await csv('Age,LRIG1\nDoe^Jane,1')).body).not.toMatch(/Doe/);
    expect((await json({ Age: 'Doe^Jane' })).body).not.toMatch(/Doe/);
    expect((await json('{"Age": Doe^Jane}')).body).not.toMatch(/Doe/);
    expect((await csv('Age\n"Doe" Jane')).body).not.toMatch(/Doe|Jane/);
  });

  test.each(['application/xml', 'application/jsonl', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense'])(
    'content type %s',
    async (type) => {
      const reply = await csv('Age\n60', { 'content-type': type });
      expect([reply.statusCode, reply.json().error.code]).toEqual([415, 'SERVING_UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  test('no content type and no body', async () => {
    const reply = await app.inject({ method: 'POST', url: '/invocations' });
    expect([reply.statusCode, reply.json().error.code]).toEqual([400, 'SERVING_NO_ROWS']);
  });

  test.each(['text/html', 'image/*', 'application/json;q=0', 'application/json;q=x'])('Accept %s', async (accept) => {
    const reply = await json({ Age: 60 }, { accept });
    expect([reply.statusCode, reply.json().error.code]).toEqual([406, 'SERVING_NOT_ACCEPTABLE']);
  });

  test('a body over the limit', async () => {
    const reply = await csv(`Age\n${'60\n'.repeat(2.2e6)}`);
    expect([reply.statusCode, reply.json().error.code]).toEqual([413, 'SERVING_BODY_TOO_LARGE']);
    expect(reply.json().error.message).toMatch(/6291456 bytes/);
  });

  test.each<['GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'HEAD', string, number, string | undefined]>([
    ['GET', '/invocations', 405, 'POST'],
    ['HEAD', '/invocations', 405, 'POST'],
    ['DELETE', '/model', 405, 'GET, HEAD'],
    ['POST', '/ping', 405, 'GET, HEAD'],
    ['OPTIONS', '/invocations?x=1', 405, 'POST'],
    ['GET', '/nowhere', 404, undefined],
    ['POST', '/predict', 404, undefined],
    ['GET', '/docs/../../etc/passwd', 404, undefined],
    ['GET', '/%zz', 400, undefined],
  ])('%s %s', async (method, url, status, allow) => {
    const reply = await app.inject({ method, url });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers.allow).toBe(allow);
    if (method !== 'HEAD') expect(reply.json().error.code).toMatch(/^SERVING_/);
  });
});

describe('failures', () => {
  test('a bug answers one sentence and goes to the log, features do not', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const broken = {
      ...predictor,
      predictRows: () => {
        throw new TypeError('secret /etc/place');
      },
    };
    const failing = buildApp({ predictor: broken, manifest, logger: pino(stream) });
    const reply = await failing.inject({ method: 'POST', url: '/invocations', payload: { Age: 61.25 } });
    const refused = await failing.inject({
      method: 'POST',
      url: '/invocations',
      payload: { Age: 'Jane', Agee: 61.25 },
    });
    await failing.close();
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toEqual({
      error: { code: 'SERVING_INTERNAL', message: 'The server failed on this request; its log says why' },
    });
    expect(refused.statusCode).toBe(422);
    expect(lines.join('')).toMatch(/secret/);
    expect(lines.join('')).toMatch(/PREDICT_NOT_A_NUMBER/);
    expect(lines.join('')).not.toMatch(/61\.25|Jane|Agee/);
  });
});

describe('whatever is sent, the server answers for itself', () => {
  const cell = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('', 'NA', '"', '\r', '1e5', ...names));
  const table = fc
    .array(
      fc.array(cell, { maxLength: 10 }).map((row) => row.join(',')),
      { maxLength: 6 },
    )
    .map((rows) => rows.join('\n'));
  const record = fc.dictionary(fc.constantFrom(...names, '__proto__', 'x'), fc.oneof(fc.double(), fc.jsonValue()));
  const documents = fc.oneof(
    fc.json(),
    fc.string(),
    fc.array(record).map((r) => JSON.stringify(r)),
    record.map((r) => JSON.stringify({ instances: [r] })),
  );

  test('CSV', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          table,
          table.map((t) => `${names.join(',')}\n${t}`),
        ),
        async (body) => {
          const reply = await csv(body);
          expect([200, 400, 422]).toContain(reply.statusCode);
          if (reply.statusCode === 200)
            expect(reply.body.split(',').every((p) => Number(p) >= 0 && Number(p) <= 1)).toBe(true);
          else expect(reply.json().error.message.length).toBeGreaterThan(5);
        },
      ),
      { seed: 1, numRuns: 400 },
    );
  });

  test('JSON', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (body) => {
        const reply = await json(body);
        expect([200, 400, 422]).toContain(reply.statusCode);
        if (reply.statusCode === 200) expect(reply.json().predictions.length).toBeGreaterThan(0);
        else expect(reply.body).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  test('bytes with any content type and Accept', async () => {
    const type = fc.constantFrom('text/csv', 'application/json', 'text/csv; charset=latin1', 'a/b', '');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), type, fc.string(), async (bytes, contentType, accept) => {
        const headers = { 'content-type': contentType, accept: accept.replace(/[^ -~]/g, '') };
        const reply = await app.inject({ method: 'POST', url: '/invocations', payload: Buffer.from(bytes), headers });
        expect(reply.statusCode).toBeLessThan(500);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
