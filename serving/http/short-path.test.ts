import { Agent, IncomingMessage, ServerResponse, request as send } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { auditExtension } from '../audit/index.js';
import { metricsExtension } from '../metrics/index.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { protection } from '../security/index.js';
import { type AppOptions, buildApp } from './app.js';
import type { ServerExtension } from './extension.js';
import { type Listening, listen } from './listen.js';
import type { RequestFacts } from './request-facts.js';
import { containerSettings } from './sagemaker/container-settings.js';
import { mayBeShort } from './short-path.js';

const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };
const columns = content.predictor.featureNames;

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly body: string;
}

/** A server that counts what its framework gets, and remembers what its requests came to. */
class Counted {
  readonly facts: RequestFacts[] = [];
  frameworkGot = 0;
  readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private constructor(
    readonly app: FastifyInstance,
    readonly listening: Listening,
  ) {}

  static async of(options: Omit<AppOptions, 'models' | 'defaultModel'>): Promise<Counted> {
    const facts: RequestFacts[] = [];
    const recorder: ServerExtension = { name: 'recorder', onResponse: (of) => void facts.push(of) };
    const app = appOf(content, { ...options, extensions: [...(options.extensions ?? []), recorder] });
    let got = 0;
    app.addHook('onRequest', (_request, _reply, done) => {
      got++;
      done();
    });
    const counted = new Counted(app, await listen(app, { port: 0 }));
    Object.defineProperties(counted, { facts: { value: facts }, frameworkGot: { get: () => got } });
    return counted;
  }

  post(body: string | Buffer, headers: Headers, path = '/invocations'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method: 'POST', agent: this.agent, headers: { ...length, ...headers } };
      const sent = send(`${this.listening.url}${path}`, options, (reply) => void answerOf(reply).then(resolve, reject));
      sent.on('error', reject).end(body);
    });
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.listening.close();
  }
}

async function answerOf(reply: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  const headers: string[] = [];
  for (let i = 0; i < reply.rawHeaders.length; i += 2) {
    const name = reply.rawHeaders[i] as string;
    headers.push(`${name}: ${name === 'Date' ? 'now' : reply.rawHeaders[i + 1]}`);
  }
  return { status: reply.statusCode, headers: headers.sort(), body: Buffer.concat(chunks).toString() };
}

const guarded = (): readonly ServerExtension[] => {
  const models = ModelHost.of('model', content);
  return [metricsExtension({ models }), protection()];
};
let short: Counted;
let long: Counted;
beforeAll(async () => {
  short = await Counted.of({ extensions: guarded() });
  long = await Counted.of({ extensions: guarded(), shortPath: false });
});
afterAll(async () => {
  await short.close();
  await long.close();
});

const csv = { 'content-type': 'text/csv' };
const json = { 'content-type': 'application/json' };
const row = columns.map((_, i) => i + 0.5).join(',');

/** What a request comes to on both ways, having asserted that it is the same; and whether the short path took it. */
async function both(body: string | Buffer, headers: Headers, path?: string) {
  const before = short.frameworkGot;
  const [one, other] = [await short.post(body, headers, path), await long.post(body, headers, path)];
  expect(one).toEqual(other);
  const [own, theirs] = [short.facts.at(-1), long.facts.at(-1)] as [RequestFacts, RequestFacts];
  for (const key of ['model', 'version', 'rows', 'status', 'code'] as const) expect(own[key], key).toBe(theirs[key]);
  expect(short.facts.length).toBe(long.facts.length);
  return { answer: one, short: short.frameworkGot === before };
}

describe('plain rows are answered without the framework, with the same headers', () => {
  test.each<[string, string, Headers]>([
    ['CSV', row, csv],
    ['CSV with a header', `Age\n60\n61`, csv],
    ['JSON', '{"Age": 60}', json],
    ['JSON lines', '{"Age": 60}\n{"Age": 61}', { 'content-type': 'application/jsonlines' }],
    ['another type asked for', row, { ...csv, accept: 'application/json' }],
    ['anything accepted', row, { ...csv, accept: '*/*' }],
    ['a model by name', row, { ...csv, 'x-amzn-sagemaker-target-model': 'model' }],
    ['a connection that ends', row, { ...csv, connection: 'close' }],
  ])('%s', async (_what, body, headers) => {
    const { answer, short } = await both(body, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.some((header) => header.startsWith('content-security-policy'))).toBe(true);
    expect(short).toBe(true);
  });
});

describe('whatever is not plain, and every refusal, is the framework’s', () => {
  test.each<[string, string | Buffer, Headers, number, string?]>([
    ['a cell that is no number', 'Age\nold', csv, 422],
    ['no rows', ' ', csv, 400],
    ['JSON that breaks off', '{"Age": 6', json, 400],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), csv, 422],
    ['a type with a charset', row, { 'content-type': 'text/csv; charset=utf-8' }, 200],
    ['a charset that is not read', row, { 'content-type': 'text/csv; charset=latin1' }, 415],
    ['a type that is not read', row, { 'content-type': 'text/plain' }, 415],
    ['no type', '{"Age": 60}', {}, 200],
    ['no acceptable type', row, { ...csv, accept: 'image/png' }, 406],
    ['a compressed body', row, { ...csv, 'content-encoding': 'gzip' }, 415],
    ['a model that is not there', row, { ...csv, 'x-amzn-sagemaker-target-model': 'none' }, 404],
    ['an answer that may come later', row, { ...csv, prefer: 'respond-async' }, 200],
    ['an address with a question', row, csv, 200, '/invocations?a=1'],
    ['another address', row, csv, 200, '/models/model/invoke'],
    ['an address that is not there', row, csv, 404, '/invocation'],
    ['an empty body', '', csv, 400],
  ])('%s', async (_what, body, headers, status, path) => {
    const { answer, short } = await both(body, headers, path);
    expect(answer.status).toBe(status);
    expect(short).toBe(false);
  });

  test('a body that is too large', async () => {
    const large = await Counted.of({ container: containerSettings({ SAGEMAKER_MAX_PAYLOAD_IN_MB: '1' }) });
    const answer = await large.post('1,'.repeat(4_000_000), csv);
    expect(answer.status).toBe(413);
    expect(large.frameworkGot).toBe(1);
    await large.close();
  });
});

test('random rows, whole and damaged, come to the same on both ways', async () => {
  const number = fc.double({ min: 0, max: 200, noNaN: true });
  const cell = fc.oneof(
    { weight: 60, arbitrary: number },
    { weight: 2, arbitrary: fc.constantFrom('', 'NA', 'x', '"1"', '1e999', '-1') },
  );
  const cells = (n: number) => fc.array(cell, { minLength: n, maxLength: n });
  const width = fc.oneof({ weight: 9, arbitrary: fc.constant(columns.length) }, fc.nat(columns.length));
  const lines = width.chain((n) => fc.array(cells(n), { minLength: 1, maxLength: 3 }));
  const text = lines.map((rows) => rows.map((row) => row.join(',')).join('\n'));
  const value = fc.oneof(
    { weight: 60, arbitrary: number },
    { weight: 2, arbitrary: fc.constantFrom(null, 'x', -1, 1e300) },
  );
  const name = fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...columns) }, fc.constant('other'));
  const record = fc.dictionary(name, value, { minKeys: 1 });
  const document = fc
    .oneof(record, fc.array(record, { maxLength: 3 }), fc.record({ instances: fc.array(record) }))
    .map((rows) => JSON.stringify(rows));
  const damage = fc.option(fc.tuple(fc.nat(), fc.constantFrom('', '"', '\u0000', 'é', '{', ',,')), {
    nil: undefined,
    freq: 1,
  });
  let taken = 0;
  const request = fc.oneof(fc.tuple(fc.constant(csv), text), fc.tuple(fc.constant(json), document));
  await fc.assert(
    fc.asyncProperty(request, damage, async ([headers, whole], hurt) => {
      const at = hurt === undefined ? 0 : hurt[0] % (whole.length + 1);
      const body = hurt === undefined ? whole : whole.slice(0, at) + hurt[1] + whole.slice(at + 1);
      if ((await both(body, headers)).short) taken++;
    }),
    { numRuns: 300, seed: 11 },
  );
  expect(taken).toBeGreaterThan(30);
  expect(taken).toBeLessThan(270);
});

describe('extensions', () => {
  test('one with hooks of its own keeps everything in the framework unless it says that they may be passed by', () => {
    const models = ModelHost.of('model', content);
    const log = { failure: undefined, append: () => undefined };
    const setup = () => undefined;
    const short = [protection(), metricsExtension({ models }), auditExtension(log, models)];
    expect(mayBeShort(short)).toBe(true);
    expect(mayBeShort([protection({ requestsPerMinute: 9 })])).toBe(false);
    expect(mayBeShort([...short, { name: 'other', setup }])).toBe(false);
    expect(mayBeShort([{ name: 'other', setup, allowsShortPath: () => false }])).toBe(true);
  });

  test('a guard is asked once, before the body is there; its refusal is the framework’s to send', async () => {
    const asked: string[] = [];
    const guard = (name: string, refuses: boolean): ServerExtension => ({
      name,
      onRequest: ({ routeOptions, facts }, reply) => {
        asked.push(`${name} ${routeOptions.url} ${routeOptions.config.scope}`);
        facts.caller = 'somebody';
        reply.header('x-guard', name);
        if (refuses) throw new Error('no');
      },
    });
    const open = await Counted.of({ extensions: [guard('one', false)] });
    expect((await open.post(row, csv)).status).toBe(200);
    expect([open.frameworkGot, open.facts.map(({ caller }) => caller)]).toEqual([0, ['somebody']]);
    expect((await open.post('Age\nold', csv)).status).toBe(422);
    expect(asked).toEqual(['one /invocations predict', 'one /invocations predict']);
    await open.close();
    asked.length = 0;
    const shut = await Counted.of({ extensions: [guard('one', false), guard('two', true)] });
    const refused = await shut.post(row, csv);
    expect([refused.status, refused.headers.includes('x-guard: two')]).toEqual([500, true]);
    expect(asked.map((line) => line.split(' ')[0])).toEqual(['one', 'two', 'two']);
    expect(shut.facts.map(({ status }) => status)).toEqual([500]);
    await shut.close();
  });

  test('one that has to wait lets the framework wait, and one that is under pressure now takes requests off the path', async () => {
    let free = true;
    const waiting: ServerExtension = { name: 'waiting', onRequest: () => Promise.resolve() };
    const pressed: ServerExtension = { name: 'pressed', setup: () => undefined, allowsShortPath: () => free };
    const one = await Counted.of({ extensions: [waiting] });
    expect((await one.post(row, csv)).status).toBe(200);
    expect([one.frameworkGot, one.facts.length]).toEqual([1, 1]);
    await one.close();
    const other = await Counted.of({ extensions: [pressed] });
    await other.post(row, csv);
    free = false;
    await other.post(row, csv);
    expect(other.frameworkGot).toBe(1);
    await other.close();
  });

  test('rows in flight are counted from the headers on, and not any more when the client goes', async () => {
    const models = ModelHost.of('model', content);
    const metrics = metricsExtension({ models });
    const facts: RequestFacts[] = [];
    const recorder: ServerExtension = { name: 'recorder', onResponse: (of) => void facts.push(of) };
    const app = buildApp({ models, defaultModel: 'model', extensions: [metrics, recorder] });
    const { url, close } = await listen(app, { port: 0 });
    const flying = async () => /thoracle_requests_in_flight (\d+)/.exec(await metrics.page())?.[1];
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: 100\r\n\r\nAge');
    await expect.poll(flying).toBe('1');
    socket.destroy();
    await expect.poll(flying).toBe('0');
    expect(facts.map(({ status, code, rows }) => [status, code, rows])).toEqual([[0, '', 0]]);
    await close();
  });
});

/** What a server answers to bytes that come in pieces, until it ends the connection or as many replies have come. */
function exchange(url: string, pieces: readonly string[], replies: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.split('HTTP/1.1 ').length > replies) socket.end();
    });
    socket.on('error', reject).on('close', () => resolve(text));
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((next) => setTimeout(next, 10));
      }
    })();
  });
}

describe('connections', () => {
  const head = (length: number) =>
    `POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: ${length}\r\n\r\n`;
  const bodies = (text: string) =>
    text
      .split('\r\n\r\n')
      .slice(1)
      .map((part) => part.split('HTTP/1.1')[0]);

  test('requests sent ahead are answered in their order', async () => {
    const many = ['Age\n60', 'Age\n20', 'Age\nold', 'Age\n90'];
    const sent = many.map((body) => `${head(body.length)}${body}`).join('');
    const text = await exchange(short.listening.url, [sent], 4);
    const expected = await exchange(long.listening.url, [sent], 4);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([200, 200, 422, 200].map((status) => `HTTP/1.1 ${status}`));
    expect(bodies(text)).toEqual(bodies(expected));
  });

  test('many at once have each their own answer, and all are counted', async () => {
    const facts = short.facts.length;
    const ages = Array.from({ length: 40 }, (_, i) => `Age\n${20 + i}`);
    const ask = (url: string) => Promise.all(ages.map((body) => exchange(url, [`${head(body.length)}${body}`], 1)));
    const answers = await ask(short.listening.url);
    expect(answers.flatMap(bodies)).toEqual((await ask(long.listening.url)).flatMap(bodies));
    expect(short.facts.slice(facts).map(({ status, rows }) => [status, rows])).toEqual(ages.map(() => [200, 1]));
  });

  test('a reply whose connection is lost while it waits for others is not one', async () => {
    const models = ModelHost.of('model', content);
    const metrics = metricsExtension({ models });
    const facts: RequestFacts[] = [];
    const recorder: ServerExtension = { name: 'recorder', onResponse: (of) => void facts.push(of) };
    const app = buildApp({ models, defaultModel: 'model', extensions: [metrics, recorder] });
    await app.ready();
    const connections = Array.from({ length: 3 }, () => new PassThrough() as unknown as Socket);
    for (const socket of connections) {
      const raw = new IncomingMessage(socket);
      Object.assign(raw, { method: 'POST', url: '/invocations', httpVersion: '1.1', complete: true });
      raw.headers = { 'content-type': 'text/csv', 'content-length': '6' };
      const response = new ServerResponse(raw);
      response.assignSocket(socket);
      app.server.emit('request', raw, response);
      raw.push('Age\n60');
      raw.push(null);
    }
    // The first is written when its body has come, the others wait for the end of the turn.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    connections[1]?.destroy();
    await expect.poll(() => facts.length).toBe(3);
    expect(facts.map(({ status }) => status)).toEqual([200, 0, 200]);
    expect(await metrics.page()).toMatch(/thoracle_requests_in_flight 0\n/);
    await app.close();
  });

  test('a body in pieces is one body', async () => {
    const before = short.frameworkGot;
    const text = await exchange(short.listening.url, [head(6), 'Ag', 'e\n', '60'], 1);
    expect(bodies(text)).toEqual(bodies(await exchange(long.listening.url, [`${head(6)}Age\n60`], 1)));
    expect(short.frameworkGot).toBe(before);
  });

  test('a server that closes answers what has begun, and ends the connection with it', async () => {
    const closing = await Counted.of({});
    const answer = exchange(closing.listening.url, [head(6), 'Age\n60'], 9);
    await new Promise((resolve) => closing.app.server.once('request', resolve));
    const closed = closing.close();
    const text = await answer;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/connection: close/i);
    await closed;
    expect(closing.facts.map(({ status }) => status)).toEqual([200]);
  });

  test('one that lingers ends each connection with its next reply', async () => {
    const lingering = await Counted.of({});
    const first = exchange(lingering.listening.url, [`${head(6)}Age\n60`, `${head(6)}Age\n61`], 9);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const gone = lingering.listening.linger(2000);
    expect(await first).toMatch(/Connection: close/);
    await gone;
    expect(lingering.frameworkGot).toBe(0);
    await lingering.close();
  });
});
