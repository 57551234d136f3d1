import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../test/postgres-server.js';
import { definition, groupOf, plainGroup, plainTable, tableOf } from './conformance/fixtures.js';
import { openPostgresStore, openStore } from './index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'certificates-'));
const at = (name: string): string => path.join(folder, name);
const openssl = (...args: readonly string[]) =>
  spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' }).status === 0;

/** A certificate for 127.0.0.1 under an authority of its own, and another authority that has signed nothing. */
function makeCertificates(): boolean {
  const authority = (name: string) =>
    openssl(
      ...`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`.split(' '),
    );
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1');
  return (
    authority('ours') &&
    authority('theirs') &&
    openssl(...'req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr'.split(' ')) &&
    openssl(
      ...'x509 -req -in server.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 -extfile names -out server.crt'.split(
        ' ',
      ),
    )
  );
}

const hasCertificates = makeCertificates();
const server = hasCertificates
  ? await startPostgres({
      settings: ['ssl=on', 'password_encryption=scram-sha-256'],
      prepare: (data, own) => {
        for (const name of ['server.key', 'server.crt']) {
          copyFileSync(at(name), path.join(data, name));
          own(path.join(data, name));
        }
        const rules = ['host all with_password 127.0.0.1/32 scram-sha-256', 'hostssl all tls_only 127.0.0.1/32 trust'];
        rules.push('host all tls_only 127.0.0.1/32 reject', 'host all all 127.0.0.1/32 trust', '');
        writeFileSync(path.join(data, 'pg_hba.conf'), rules.join('\n'));
        own(path.join(data, 'pg_hba.conf'));
      },
    })
  : 'openssl cannot make certificates here';
if (typeof server === 'string') console.log(`skipped: ${server}`);
afterAll(() => {
  if (typeof server !== 'string') server.stop();
  rmSync(folder, { recursive: true });
});

const address = async (): Promise<string> => {
  if (typeof server === 'string') throw new Error(server);
  return server.database();
};
const as = (url: string, user: string): string => url.replace('postgres@', `${user}@`);
const row = (id: string, number: number) => ({ id, eventTimeMs: 0, number, text: null });

/** Runs statements one after the other on a connection of their own. */
async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The SQL of the documentation's page on PostgreSQL, block by block. */
function documentedSql(database: string): readonly string[] {
  const page = readFileSync(new URL('../docs/postgresql.md', import.meta.url), 'utf8');
  return [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) =>
    sql.replaceAll('DATABASE study', `DATABASE ${database}`),
  );
}

describe.skipIf(typeof server === 'string')('roles as documented [needs PostgreSQL and openssl]', () => {
  test('the reader reads, the writer also writes, the owner makes and migrates; no one does more', async () => {
    const url = await address();
    const [once = '', grants = '', ...rest] = documentedSql(path.basename(url));
    expect(rest).toEqual([]);
    await run(url, once);
    const notAllowed = {
      code: 'STORE_NOT_ALLOWED',
      message: expect.stringMatching(/^The database refused it to this user: /),
    };
    // before the owner has made the tables, nobody else can
    await expect(openStore(as(url, 'store_writer'))).rejects.toMatchObject(notAllowed);
    const owner = await openStore(as(url, 'store_owner'));
    await owner.ingest(plainTable([row('P1', 1)]));
    await run(as(url, 'store_owner'), grants);
    // a view made after the grants is readable too
    await owner.createGroup(groupOf('later', [definition('x')]));

    const writer = await openStore(as(url, 'store_writer'));
    const many = Array.from({ length: 400 }, (_, i) => row(`W${i}`, i));
    expect(await writer.ingest(plainTable(many))).toMatchObject({ written: 400 });
    expect(await writer.ingest(plainTable(many))).toMatchObject({ unchanged: 400 });
    const rules = { rules: [{ feature: 'number', max: 5 }], onInvalid: 'quarantine' } as const;
    expect(await writer.ingest(plainTable([row('Q', 9)]), rules)).toMatchObject({ quarantined: 1 });
    const record = { case_id: 'P2', event_time: 0, number: 2, days: 1, died: 0 };
    expect(await writer.record.put('plain', record)).toMatchObject({ outcome: 'written' });
    expect(await writer.record.delete('plain', 'P2', { mode: 'hard' })).toBe(true);
    for (const attempt of [
      () => writer.createGroup(groupOf('mine', [definition('x')])),
      () => writer.updateGroup('plain', { owner: 'me' }),
      () => writer.deleteGroup('plain', 'plain'),
      () => writer.ingest(tableOf({ ...plainGroup, settingsDigest: 'v2' }, [{ case_id: 'a', event_time: 0 }])),
    ]) {
      await expect(attempt()).rejects.toMatchObject(notAllowed);
    }
    for (const sql of [
      'DELETE FROM thoracle_internal.log',
      'UPDATE thoracle_internal.log SET write_time = 0',
      'TRUNCATE thoracle_internal.log',
      'DROP TABLE thoracle_internal.log',
      'DROP VIEW features.plain',
      'DROP SCHEMA thoracle_internal CASCADE',
      'ALTER TABLE thoracle_internal.log ADD COLUMN x int',
      'CREATE TABLE thoracle_internal.mine (x int)',
      'INSERT INTO thoracle_internal.migration VALUES (99)',
    ]) {
      await expect(run(as(url, 'store_writer'), sql)).rejects.toMatchObject({ code: '42501' });
    }
    await writer.close();

    const reading = await openStore(as(url, 'store_reader'), { readOnly: true });
    expect((await reading.record.get('plain', 'P1'))?.values.number).toBe(1);
    expect((await reading.query('SELECT count(*) FROM plain')).rows).toEqual([[401]]);
    expect((await reading.query('SELECT count(*) FROM later')).rows).toEqual([[0]]);
    expect((await reading.quarantine('plain')).length).toBe(1);
    expect((await reading.statistics('plain'))[0]?.count).toBe(401);
    await reading.close();
    const reader = await openStore(as(url, 'store_reader'));
    await expect(reader.ingest(plainTable([row('R', 1)]))).rejects.toMatchObject(notAllowed);
    await expect(reader.record.delete('plain', 'P1')).rejects.toMatchObject(notAllowed);
    await reader.close();
    await expect(
      run(as(url, 'store_reader'), 'INSERT INTO thoracle_internal.log DEFAULT VALUES'),
    ).rejects.toMatchObject({
      code: '42501',
    });

    // an older format: only the owner brings it up to date
    await run(as(url, 'store_owner'), 'DELETE FROM thoracle_internal.migration');
    await expect(openStore(as(url, 'store_writer'))).rejects.toMatchObject(notAllowed);
    await owner.close();
  });
});

describe.skipIf(typeof server === 'string')('TLS [needs PostgreSQL and openssl]', () => {
  const open = (url: string, parameters: string) => openStore(`${as(url, 'tls_only')}?${parameters}`);

  test('verify-full takes the right authority, by address or in code, and no other', async () => {
    const url = await address();
    await run(url, 'CREATE ROLE tls_only SUPERUSER LOGIN');
    for (const mode of ['verify-full', 'verify-ca', 'require']) {
      const store = await open(url, `sslmode=${mode}&sslrootcert=${at('ours.pem')}`);
      await store.ingest(plainTable([row(mode, 1)]));
      await store.close();
    }
    const ca = readFileSync(at('ours.pem'), 'utf8');
    const inCode = await openPostgresStore({ url: as(url, 'tls_only'), tls: { ca } });
    expect((await inCode.query('SELECT count(*) FROM plain')).rows).toEqual([[3]]);
    await inCode.close();
    await (await open(url, 'sslmode=no-verify')).close();

    const refused = (mentions: RegExp) => ({ code: 'STORE_TLS', message: expect.stringMatching(mentions) });
    const wrong = `sslmode=verify-full&sslrootcert=${at('theirs.pem')}`;
    await expect(open(url, wrong)).rejects.toMatchObject(
      refused(/^Cannot connect to "[^\n]*" by TLS: [^\n]*certificate[^\n]*sslrootcert/),
    );
    await expect(open(url, 'sslmode=verify-full')).rejects.toMatchObject(refused(/certificate/));
    const tls = { ca: readFileSync(at('theirs.pem'), 'utf8') };
    await expect(openPostgresStore({ url: as(url, 'tls_only'), tls })).rejects.toMatchObject(refused(/certificate/));
    // the certificate is for 127.0.0.1, not for this name of the same machine
    const other = open(url.replace('127.0.0.1', 'localhost'), `sslmode=verify-full&sslrootcert=${at('ours.pem')}`);
    await expect(other).rejects.toMatchObject(refused(/altname|localhost/i));
    await expect(open(url, 'sslmode=verify-full&sslrootcert=/none.pem')).rejects.toMatchObject(
      refused(/none\.pem.*does not exist/),
    );
    await expect(open(url, 'sslmode=strict')).rejects.toMatchObject({
      code: 'STORE_BAD_OPTIONS',
      message: expect.stringMatching(/sslmode is "strict", expected disable, no-verify/),
    });
    await expect(openStore(as(url, 'tls_only'))).rejects.toMatchObject({ code: 'STORE_LOGIN' });
  });

  test('a wrong password, user or database: one sentence without the password', async () => {
    const url = await address();
    await run(url, "CREATE ROLE with_password LOGIN PASSWORD 'right'");
    for (const place of [as(url, 'with_password:wrong'), as(url, 'nobody_here'), url.replace(/store_\d+$/, 'none')]) {
      await expect(openStore(place)).rejects.toMatchObject({
        code: 'STORE_LOGIN',
        message: expect.stringMatching(/^The server of "postgres:(?!.*wrong)[^\n]*" refused the login: [^\n]+$/),
      });
    }
  });
});

describe.skipIf(typeof server === 'string')('a server without TLS [needs PostgreSQL]', () => {
  test('is refused when TLS is asked for', async () => {
    const plain = await startPostgres();
    if (typeof plain === 'string') throw new Error(plain);
    try {
      const url = `${await plain.database()}?sslmode=verify-full`;
      await expect(openStore(url)).rejects.toMatchObject({
        code: 'STORE_TLS',
        message: expect.stringMatching(/does not/),
      });
    } finally {
      plain.stop();
    }
  });
});
