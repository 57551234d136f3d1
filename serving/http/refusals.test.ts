import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { invocationsOf } from '../../test/serving/invocations.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';

const { manifest } = chainBundle();
const predictor = createPredictor(chainBundle());
const app = appOf({ predictor, manifest });
afterAll(() => app.close());

const { csv, json } = invocationsOf(app);

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
    ['positional, short', [[1, 2]], 422, { row: 1, code: 'PREDICT_COLUMN_COUNT' }, /has 2 columns, expected 8/],
    ['positional, text', [[1, 1, 60, 0, 1, 0.5, 1, 'x']], 422, { row: 1, code: 'PREDICT_NOT_A_NUMBER' }, /found text/],
    ['text among records', [{ Age: 1 }, 'x'], 422, { row: 2, code: 'PREDICT_NOT_A_RECORD' }, /Row 2: is text/],
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

  test.each(['application/xml', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense'])(
    'content type %s',
    async (type) => {
      const reply = await csv('Age\n60', { 'content-type': type });
      expect([reply.statusCode, reply.json().error.code]).toEqual([415, 'SERVING_UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  test.each(['gzip', 'deflate', 'br', 'GZIP', 'x'])('content encoding %s', async (encoding) => {
    const reply = await csv('Age\n60', { 'content-encoding': encoding });
    expect([reply.statusCode, reply.json().error.code]).toEqual([415, 'SERVING_COMPRESSED_BODY']);
    expect((await csv('Age\n60', { 'content-encoding': 'identity' })).statusCode).toBe(200);
  });

  test.each(['utf-16le', '"latin1"', 'ISO-8859-1', ''])('charset %s', async (charset) => {
    const reply = await csv('Age\n60', { 'content-type': `text/csv; header=present; charset=${charset}` });
    expect([reply.statusCode, reply.json().error.code]).toEqual([415, 'SERVING_CHARSET']);
    for (const known of ['UTF-8', '"utf-8"', 'us-ascii', 'utf8']) {
      expect((await csv('Age\n60', { 'content-type': `text/csv;charset=${known}` })).statusCode).toBe(200);
    }
  });

  test('short rows without end', async () => {
    const rows = `${'1\n'.repeat(500_001)}`;
    const tooMany = await csv(`Age\n${rows}`);
    expect([tooMany.statusCode, tooMany.json().error]).toEqual([
      413,
      {
        code: 'SERVING_TOO_MANY_ROWS',
        message: 'The body holds 500001 rows; at most 500000 are answered at a time',
      },
    ]);
    const records = await json(`[${'{"Age":1},'.repeat(500_000)}{"Age":1}]`);
    expect(records.json().error.code).toBe('SERVING_TOO_MANY_ROWS');
  });

  test('a body without a content type is JSON', async () => {
    const reply = await app.inject({ method: 'POST', url: '/invocations', payload: Buffer.from('{"Age": 60}') });
    expect([reply.statusCode, reply.json().predictions.length]).toEqual([200, 1]);
  });

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
    ['GET', '/predict', 405, 'POST'],
    ['GET', '/docs/../../etc/passwd', 404, undefined],
    ['GET', '/models/x/invoke', 405, 'POST'],
    ['HEAD', '/endpoints/x/invocations', 405, 'POST'],
    ['PUT', '/models/x', 405, 'GET, HEAD'],
    ['POST', '/models/x/nothing', 404, undefined],
    ['GET', '/models/*', 400, undefined],
    ['POST', '/*/../*', 404, undefined],
    ['GET', '/%zz', 400, undefined],
  ])('%s %s', async (method, url, status, allow) => {
    const reply = await app.inject({ method, url });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers.allow).toBe(allow);
    if (method !== 'HEAD') expect(reply.json().error.code).toMatch(/^SERVING_/);
  });

  test('a wrong method in the shape of the inference protocol', async () => {
    for (const [method, url, allow] of [
      ['GET', '/v2/models/model/infer', 'POST'],
      ['POST', '/v2/models/model', 'GET, HEAD'],
      ['DELETE', '/v2/models/model/versions/1/ready', 'GET, HEAD'],
      ['POST', '/v2', 'GET, HEAD'],
    ] as const) {
      const reply = await app.inject({ method, url });
      expect([reply.statusCode, reply.headers.allow], url).toEqual([405, allow]);
      expect(reply.json()).toEqual({ error: `"${url}" answers ${allow} only` });
    }
    expect((await app.inject('/v2/*/x')).json()).toEqual({ error: 'There is nothing at "/v2/*/x"' });
  });
});
