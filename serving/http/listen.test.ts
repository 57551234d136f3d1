import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { listen } from './listen.js';

const app = () => appOf({ predictor: createPredictor(chainBundle()), manifest: chainBundle().manifest });

/** Sends bytes and reads until the other side ends the connection. */
function exchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (data) => {
      reply += String(data);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(reply));
  });
}

describe('listening', () => {
  test('on a free port, real requests answered, then closed', async () => {
    const { url, close } = await listen(app(), { port: 0 });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const reply = await fetch(`${url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'Age\n60\n61\n',
    });
    expect(reply.status).toBe(200);
    expect((await reply.text()).split(',').length).toBe(2);
    await close();
    await expect(fetch(`${url}/ping`)).rejects.toThrow();
  });

  test('a port in use gives one sentence', async () => {
    const first = await listen(app(), { port: 0 });
    const port = Number(new URL(first.url).port);
    await expect(listen(app(), { port })).rejects.toMatchObject({
      code: 'SERVING_PORT_TAKEN',
      message: `Port ${port} on 127.0.0.1 is in use; stop what uses it or choose another port`,
    });
    await first.close();
  });

  test('an address of another machine, a port that does not exist', async () => {
    await expect(listen(app(), { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'SERVING_BAD_HOST' });
    for (const port of [-1, 65536, 1.5, Number.NaN]) {
      await expect(listen(app(), { port })).rejects.toMatchObject({ code: 'SERVING_BAD_PORT' });
    }
  });

  test('what is no HTTP is answered in the one shape of errors, and the server goes on', async () => {
    const { url, close } = await listen(app(), { port: 0 });
    const bad = [
      ['\u0016\u0003\u0001', 400, 'SERVING_BAD_REQUEST'],
      ['GET /ping HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400, 'SERVING_BAD_REQUEST'],
      [`GET /${'x'.repeat(20_000)}`, 431, 'SERVING_HEADERS_TOO_LARGE'],
    ] as const;
    for (const [bytes, status, code] of bad) {
      const reply = await exchange(url, `${bytes}\r\n\r\n`);
      expect(reply.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
      expect(JSON.parse(reply.split('\r\n\r\n')[1] ?? '').error.code).toBe(code);
      expect((await fetch(`${url}/ping`)).status).toBe(200);
    }
    await close();
  });

  test('a request that never arrives does not hold the server open', async () => {
    const { url, close } = await listen(app(), { port: 0, drainMs: 300 });
    const rest = exchange(
      url,
      'POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 9\r\n\r\nAge',
    );
    await new Promise((done) => setTimeout(done, 50));
    const started = Date.now();
    await close();
    expect(Date.now() - started).toBeLessThan(3000);
    expect(await rest).toBe('');
  });

  test('a request under way is answered before the server closes', async () => {
    const slow = app();
    slow.get('/slow', async () => {
      await new Promise((done) => setTimeout(done, 100));
      return { answered: true };
    });
    const { url, close } = await listen(slow, { port: 0 });
    const reply = fetch(`${url}/slow`);
    await new Promise((done) => setTimeout(done, 30));
    await close();
    expect(await (await reply).json()).toEqual({ answered: true });
  });
});
