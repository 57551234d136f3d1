import fastify from 'fastify';
import { expect, test } from 'vitest';
import { keys } from '../../test/featurestore/sdk-server.js';
import { signedFetch } from '../../test/featurestore/sign-request.js';
import { openDuckDbStore } from '../open-store.js';
import { storeRoutes } from './plugin.js';

test('mounted beside other routes, it leaves their bodies, errors and openness as they are', async () => {
  const store = await openDuckDbStore({ file: ':memory:' });
  const app = fastify();
  app.post('/echo', async (request) => request.body);
  app.register(storeRoutes({ store, keys }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    const echo = await fetch(`${url}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(await echo.json()).toEqual({ a: 1 });
    expect((await fetch(`${url}/store/groups`)).status).toBe(403);
    const groups = await signedFetch(keys[0], `${url}/store/groups`);
    expect([groups.status, await groups.json()]).toEqual([200, { groups: [] }]);
  } finally {
    await app.close();
    await store.close();
  }
});
