import { afterAll, describe, test } from 'vitest';
import { startPostgres } from '../test/postgres-server.js';
import { storeConformance } from './conformance/store-conformance.js';
import { openPostgresStore } from './index.js';

const server = await startPostgres();

if (typeof server === 'string') {
  console.log(`skipped: ${server}`);
  describe('PostgreSQL', () => test.skip(`no server: ${server}`, () => undefined));
} else {
  afterAll(() => server.stop());
  storeConformance(
    'PostgreSQL',
    async (options) => openPostgresStore({ url: await server.database(), poolSize: 3, ...options }),
    {
      sql: 'PostgreSQL',
      text: 'without NUL',
      wideView: (group) => `${group}__2`,
      earliestTimeMs: -210_866_803_200_000,
    },
  );
}
