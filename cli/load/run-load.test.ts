import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type LoadJob, runLoad } from './run-load.js';

let server: Server | undefined;
afterEach(() => server?.close());

async function urlOf(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const load = (url: string, changed: Partial<LoadJob> = {}): LoadJob => ({
  url,
  requests: [
    { method: 'POST', path: '/a', body: 'é' },
    { method: 'GET', path: '/b' },
  ],
  connections: 2,
  seconds: 0.2,
  ...changed,
});

describe('a load', () => {
  test('sends its requests in turn and counts answers by status', async () => {
    const bodies = new Map<string, string>();
    const url = await urlOf((request, response) => {
      let body = '';
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () => {
          bodies.set(`${request.method} ${request.url}`, body);
          response.statusCode = request.method === 'GET' ? 404 : 200;
          // Written in two parts, so that it comes in chunks.
          response.write('x');
          setImmediate(() => response.end('y'));
        });
    });
    const result = await runLoad(load(url));
    expect(bodies).toEqual(
      new Map([
        ['POST /a', 'é'],
        ['GET /b', ''],
      ]),
    );
    expect(result.answered).toBeGreaterThan(2);
    expect(Object.keys(result.statuses)).toEqual(['200', '404']);
    expect(result.failed).toBe(result.statuses[404]);
    expect(result.p50Ms).toBeLessThanOrEqual(result.p99Ms);
    expect(result.p99Ms).toBeLessThanOrEqual(result.maxMs);
  });

  test('at a rate, a request that waits for a connection is charged for its wait, and one that is never sent has failed', async () => {
    const url = await urlOf((_request, response) => setTimeout(() => response.end(), 50));
    const { failed, maxMs, answered } = await runLoad(load(url, { rate: 200, connections: 1, seconds: 0.4 }));
    expect(maxMs).toBeGreaterThan(90);
    expect(failed).toBeGreaterThan(20);
    expect(answered).toBeLessThan(12);
  });

  test('lost connections are failures and are made anew', async () => {
    let calls = 0;
    const url = await urlOf((request, response) => {
      calls++;
      if (calls % 2 === 1) request.socket.destroy();
      else response.end('ok');
    });
    const { statuses, failed } = await runLoad(load(url, { connections: 1 }));
    expect(statuses[0]).toBeGreaterThan(0);
    expect(statuses[200]).toBeGreaterThan(0);
    expect(failed).toBe(statuses[0]);
  });
});
