import { hash } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AccessKey } from '../../featurestore/http/signature/access-keys.js';
import { canonicalRequest } from '../../featurestore/http/signature/canonical-request.js';
import { scopeText, signatureOf, signingKey } from '../../featurestore/http/signature/signing-key.js';
import { groupName, idOf, valueAt } from './table.js';

/** What the load generator, a process of its own, is asked to do. */
export interface LoadOrder {
  readonly url: string;
  readonly key: AccessKey;
  readonly rows: number;
  readonly features: number;
  readonly route: Route;
  readonly requests: number;
  readonly warmUp: number;
  /** Requests under way at once. */
  readonly connections: number;
}

export type Route = 'GetRecord' | 'BatchGetRecord' | 'REST record' | 'REST batch-get';

/** Latencies in milliseconds, in the order of the replies. */
export interface LoadReport {
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
  readonly bytesEach: number;
}

interface Prepared {
  readonly rows: readonly number[];
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const batch = 100;

/** Requests for rows that look drawn at random, the same each time, signed before the clock starts. */
function prepare(order: LoadOrder, count: number, seed: number): Prepared[] {
  let state = seed;
  const nextRow = (): number => {
    state = (state * 48271) % 2147483647;
    return state % order.rows;
  };
  return Array.from({ length: count }, () => {
    if (order.route === 'GetRecord' || order.route === 'REST record') {
      const row = nextRow();
      const path =
        order.route === 'GetRecord'
          ? `/FeatureGroup/${groupName}?RecordIdentifierValueAsString=${idOf(row)}`
          : `/store/groups/${groupName}/records/${idOf(row)}`;
      return signed(order, { rows: [row], method: 'GET', path, body: '' });
    }
    const rows = [...new Set(Array.from({ length: batch }, nextRow))];
    const ids = rows.map(idOf);
    const asked =
      order.route === 'BatchGetRecord'
        ? { Identifiers: [{ FeatureGroupName: groupName, RecordIdentifiersValueAsString: ids }] }
        : { requests: [{ group: groupName, ids }] };
    const path = order.route === 'BatchGetRecord' ? '/BatchGetRecord' : '/store/batch-get';
    return signed(order, { rows, method: 'POST', path, body: JSON.stringify(asked) });
  });
}

function signed({ url, key }: LoadOrder, plain: Omit<Prepared, 'headers'>): Prepared {
  const amzDate = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const scope = { date: amzDate.slice(0, 8), region: 'local', service: 'sagemaker' };
  const headers = { host: new URL(url).host, 'x-amz-date': amzDate };
  const names = Object.keys(headers);
  const asked = { method: plain.method, url: plain.path, headers, body: Buffer.from(plain.body) };
  const canonical = hash('sha256', canonicalRequest(asked, names, hash('sha256', plain.body)));
  const signature = signatureOf(signingKey(key.secretAccessKey, scope), amzDate, scope, canonical);
  const credential = `Credential=${key.accessKeyId}/${scopeText(scope)}`;
  return {
    ...plain,
    headers: {
      ...headers,
      ...(plain.body === ''
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(plain.body)) }),
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
  };
}

/** Sends one request. @returns the body and the time from sending to its last byte */
function send(
  agent: Agent,
  url: string,
  { method, path, headers, body }: Prepared,
): Promise<readonly [Buffer, number]> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const call = request(url + path, { method, headers, agent }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on('data', (piece: Buffer) => pieces.push(piece));
      reply.on('error', reject);
      reply.on('end', () => {
        const elapsed = performance.now() - start;
        const whole = Buffer.concat(pieces);
        if (reply.statusCode === 200) resolve([whole, elapsed]);
        else reject(new Error(`${method} ${path}: ${reply.statusCode} ${whole.toString('utf8', 0, 500)}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The records of a reply by id, each with the text of its last feature. */
function lastValues(order: LoadOrder, body: Buffer, rows: readonly number[]): ReadonlyMap<string, number> {
  const last = `f${order.features - 1}`;
  const answer = JSON.parse(body.toString('utf8'));
  type Pairs = readonly { readonly FeatureName: string; readonly ValueAsString: string }[];
  const ofPairs = (pairs: Pairs): number => Number(pairs.find((p) => p.FeatureName === last)?.ValueAsString);
  if (order.route === 'GetRecord') return new Map([[idOf(rows[0] as number), ofPairs(answer.Record)]]);
  if (order.route === 'REST record') return new Map([[answer.id, answer.values[last]]]);
  if (order.route === 'REST batch-get') {
    return new Map(answer.records.map((r: { id: string; values: Record<string, number> }) => [r.id, r.values[last]]));
  }
  return new Map(
    answer.Records.map((r: { RecordIdentifierValueAsString: string; Record: Pairs }) => [
      r.RecordIdentifierValueAsString,
      ofPairs(r.Record),
    ]),
  );
}

async function run(order: LoadOrder): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  for (const one of prepare(order, order.warmUp, 7)) {
    const values = lastValues(order, (await send(agent, order.url, one))[0], one.rows);
    for (const row of one.rows) {
      const [found, expected] = [values.get(idOf(row)), valueAt(row, order.features - 1)];
      if (found !== expected) throw new Error(`record ${idOf(row)} has ${found}, expected ${expected}`);
    }
  }
  const prepared = prepare(order, order.requests, 20261124);
  const latenciesMs: number[] = [];
  let [next, bytes] = [0, 0];
  const start = performance.now();
  const worker = async (): Promise<void> => {
    for (let one = prepared[next++]; one !== undefined; one = prepared[next++]) {
      const [body, elapsed] = await send(agent, order.url, one);
      latenciesMs.push(elapsed);
      bytes += body.length;
    }
  };
  await Promise.all(Array.from({ length: order.connections }, worker));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return { latenciesMs, seconds, bytesEach: bytes / latenciesMs.length };
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
