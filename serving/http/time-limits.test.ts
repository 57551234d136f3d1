import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import type { ServerExtension } from './extension.js';
import { type Listening, listen } from './listen.js';
import { timeSettings } from './time-limits.js';

const slow: ServerExtension = {
  name: 'slow',
  routes: (routes) => {
    routes.get('/slow', { config: { scope: 'open' } }, () => new Promise((resolve) => setTimeout(resolve, 100, {})));
  },
};
const app = appOf(
  { predictor: createPredictor(chainBundle()), manifest: chainBundle().manifest },
  { timeLimits: { headersMs: 300, requestMs: 600, keepAliveMs: 300 }, extensions: [slow] },
);
let server: Listening;
beforeAll(async () => {
  server = await listen(app, { port: 0 });
});
afterAll(() => server.close());

/** Sends bytes, never closes its own side, and waits until the server has let go of the connection. */
function untilClosed(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true }, () => {
      if (bytes !== '') socket.write(bytes);
    });
    socket.on('data', (data) => {
      reply += String(data);
    });
    socket.on('error', () => undefined);
    socket.on('end', () => resolve(reply));
    socket.on('close', () => resolve(reply));
  });
}

const connections = () =>
  new Promise<number>((resolve) => {
    app.server.getConnections((_error, count) => resolve(count));
  });

const post = 'POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\n';

describe('who takes too long', () => {
  test.each([
    ['nothing is sent', ''],
    ['headers that do not end', `${post}x-a: `],
    ['a body that does not end', `${post}content-length: 100\r\n\r\nAge\n60`],
    ['chunks that do not end', `${post}transfer-encoding: chunked\r\n\r\n3\r\nAge\r\n`],
  ])('is answered 408: %s', async (_what, bytes) => {
    const reply = await untilClosed(bytes);
    expect(reply).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(reply).toMatch(/Connection: close/);
    expect(JSON.parse(reply.split('\r\n\r\n')[1] ?? '').error.code).toBe('SERVING_REQUEST_TIMEOUT');
  });

  test('a connection that has been answered ends when nothing more comes', async () => {
    const reply = await untilClosed('GET /ping HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(reply.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  test('headers that are too large are 431, and none of these connections is left open by a client that does not close', async () => {
    const reply = await untilClosed(`${post}x-a: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    await expect.poll(connections, { timeout: 5000 }).toBe(0);
  });
});

test('a broken request behind one that is being answered is not answered in the place of that one', async () => {
  const broken = 'no HTTP\r\n\r\n';
  expect(await untilClosed(`GET /slow HTTP/1.1\r\nhost: x\r\n\r\n${broken}`)).toBe('');
  expect(await untilClosed(broken)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
});

test('limits that were not given: 20 s, 60 s and 72 s', () => {
  expect(timeSettings()).toEqual({
    framework: { requestTimeout: 60_000, keepAliveTimeout: 72_000, connectionTimeout: 120_000 },
    server: { headersTimeout: 20_000, connectionsCheckingInterval: 2000 },
  });
  expect(timeSettings({ requestMs: 5000 }).server.headersTimeout).toBe(5000);
});
