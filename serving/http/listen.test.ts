import { describe, expect, test } from 'vitest';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { buildApp } from './app.js';
import { listen } from './listen.js';

const app = () => buildApp({ predictor: createPredictor(chainBundle()), manifest: chainBundle().manifest });

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
