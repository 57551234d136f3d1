import { expect, test } from 'vitest';
import type { FeatureGroup } from '../contract/index.js';
import { definition, groupOf, tableOf } from './fixtures.js';
import type { BackEndLimits, StoreFactory } from './store-factory.js';

const base = groupOf('clinical', [
  definition('age', 'double', 'feature', 'a'),
  definition('note', 'string', 'metadata'),
]);

/** Versions of groups, names, and what of them is refused. */
export function groupRules(open: StoreFactory, limits: BackEndLimits): void {
  versionRules(open);
  refusals(open);

  test('of calls at once that want a new group one makes it, the others are refused', async () => {
    const store = await open();
    const group = groupOf('raced', [definition('age')]);
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => store.createGroup(group, {}, { mustBeNew: true })),
    );
    const outcomes = made.map((o) => (o.status === 'fulfilled' ? 'made' : o.reason.code)).sort();
    expect(outcomes).toEqual([...Array.from({ length: 4 }, () => 'STORE_GROUP_EXISTS'), 'made']);
    expect((await store.createGroup(group)).version).toBe(1);
    await store.close();
  });

  test('names that would be SQL keywords or need quotes work', async () => {
    const store = await open();
    const group = groupOf('select', [definition('from'), definition('a-b'), definition('1'), definition('__proto__')]);
    await store.ingest(tableOf(group, [{ case_id: 'P1', event_time: 0, from: 1, 'a-b': 2, '1': 3 }]));
    expect((await store.query('SELECT "from", "a-b", "1" FROM "select"')).rows).toEqual([[1, 2, 3]]);
    const record = await store.record.get('select', 'P1');
    expect(Object.keys(record?.values ?? {})).toContain('__proto__');
    await store.close();
  });

  test('a group of 2,500 features', async () => {
    const store = await open();
    const names = Array.from({ length: 2500 }, (_, i) => `gene${i}`);
    const group = groupOf(
      'genomic',
      names.map((name) => definition(name)),
    );
    const values = Object.fromEntries(names.map((name, i) => [name, i / 7]));
    await store.ingest(tableOf(group, [{ case_id: 'P1', event_time: 0, ...values }]));
    expect((await store.record.get('genomic', 'P1'))?.values.gene2499).toBe(2499 / 7);
    expect((await store.query(`SELECT gene2499 FROM ${limits.wideView('genomic')}`)).rows).toEqual([[2499 / 7]]);
    await store.close();
  });
}

function versionRules(open: StoreFactory): void {
  test('the same definitions and settings are the same version, other ones the next', async () => {
    const store = await open({ now: () => 42 });
    const first = await store.createGroup(base);
    const settings = { description: '', owner: '', tags: {}, online: true, offline: true };
    expect(first).toEqual({ ...base, version: 1, createdAtMs: 42, updatedAtMs: 42, recordCount: 0, settings });
    expect((await store.createGroup(base)).version).toBe(1);
    expect((await store.createGroup({ ...base, settingsDigest: 's2' })).version).toBe(2);
    const grown = { ...base, definitions: [...base.definitions, definition('sex', 'integer')] };
    expect((await store.createGroup(grown)).version).toBe(3);
    expect((await store.createGroup(base)).version).toBe(1);
    expect((await store.listGroups()).map((g) => [g.name, g.version])).toEqual([['clinical', 3]]);
    expect((await store.describeGroup('clinical', 1)).definitions).toEqual(base.definitions);
    await store.close();
  });

  test('the view has the columns of the newest version and the rows of all', async () => {
    const store = await open();
    const grown = groupOf('clinical', [definition('age', 'double', 'feature', 'a'), definition('sex', 'integer')]);
    await store.ingest(tableOf(base, [{ case_id: 'P1', event_time: 0, age: 50, note: 'x' }]));
    await store.ingest(tableOf(base, [{ case_id: 'P2', event_time: 0, age: 60, note: 'y' }]));
    await store.ingest(tableOf(grown, [{ case_id: 'P2', event_time: 1, age: 61, sex: 1 }]));
    const { columns, rows } = await store.query('SELECT case_id, age, sex FROM clinical ORDER BY case_id');
    expect(columns.map((c) => c.name)).toEqual(['case_id', 'age', 'sex']);
    expect(rows).toEqual([
      ['P1', 50, null],
      ['P2', 61, 1],
    ]);
    expect((await store.query('SELECT version FROM clinical_history ORDER BY version')).rows).toEqual([[1], [1], [2]]);
    expect((await store.describeGroup('clinical', 1)).recordCount).toBe(2);
    expect((await store.describeGroup('clinical')).recordCount).toBe(1);
    expect((await store.record.get('clinical', 'P1'))?.values.note).toBe('x');
    await store.close();
  });

  test('a feature that changed its type, unit or role is refused with the difference, even after a version without it', async () => {
    const store = await open();
    await store.createGroup(base);
    await store.createGroup(groupOf('clinical', [definition('other')]));
    const changed = groupOf('clinical', [definition('age', 'integer', 'outcome', 'mo')]);
    await expect(store.createGroup(changed)).rejects.toMatchObject({
      code: 'STORE_GROUP_CHANGED',
      message: expect.stringMatching(
        /version 1.*type of "age" was "double" and is now "integer".*unit.*"a".*"mo".*role/,
      ),
    });
    expect((await store.describeGroup('clinical')).version).toBe(2);
    await store.close();
  });
}

const refused: readonly (readonly [string, FeatureGroup, string, string])[] = [
  ['a group name with a space', groupOf('my group', []), 'STORE_BAD_NAME', 'my group'],
  ['an empty group name', groupOf('', []), 'STORE_BAD_NAME', '""'],
  ['a group name of 65 characters', groupOf('x'.repeat(65), []), 'STORE_BAD_NAME', 'x'.repeat(65)],
  ['a feature name with a quote', groupOf('g', [definition('a"b')]), 'STORE_BAD_NAME', 'a\\"b'],
  ['a feature name with a letter beyond ASCII', groupOf('g', [definition('é')]), 'STORE_BAD_NAME', 'é'],
  [
    'features that differ in case only',
    groupOf('g', [definition('C1orf'), definition('c1ORF')]),
    'STORE_NAME_CLASH',
    'c1ORF',
  ],
  ['a feature defined twice', groupOf('g', [definition('a'), definition('a')]), 'STORE_BAD_GROUP', '"a"'],
  ['a bookkeeping name', groupOf('g', [definition('Is_Deleted')]), 'STORE_RESERVED_NAME', 'Is_Deleted'],
  ['an unknown type', groupOf('g', [definition('a', 'float' as 'double')]), 'STORE_BAD_GROUP', '"float"'],
  ['an unknown role', groupOf('g', [definition('a', 'double', 'input' as 'feature')]), 'STORE_BAD_GROUP', '"input"'],
  ['an empty unit', groupOf('g', [definition('a', 'double', 'feature', '')]), 'STORE_BAD_GROUP', 'unit'],
  [
    'a record identifier that is no feature',
    { ...groupOf('g', []), recordIdentifier: 'pid' },
    'STORE_BAD_GROUP',
    '"pid"',
  ],
  ['an event time of another type', { ...groupOf('g', [definition('d')]), eventTime: 'd' }, 'STORE_BAD_GROUP', '"d"'],
];

function refusals(open: StoreFactory): void {
  test.each(refused)('refused: %s', async (_what, group, code, mentions) => {
    const store = await open();
    await expect(store.createGroup(group)).rejects.toMatchObject({ code, message: expect.stringContaining(mentions) });
    expect(await store.listGroups()).toEqual([]);
    await store.close();
  });

  test('groups and their history views may not differ in case only', async () => {
    const store = await open();
    await store.createGroup(groupOf('Clinical', []));
    await expect(store.createGroup(groupOf('clinical', []))).rejects.toMatchObject({ code: 'STORE_NAME_CLASH' });
    await expect(store.createGroup(groupOf('clinical_History', []))).rejects.toMatchObject({
      code: 'STORE_NAME_CLASH',
    });
    await store.close();
  });

  test('an unknown group or version is named with what there is', async () => {
    const store = await open();
    await store.createGroup(base);
    await expect(store.describeGroup('klinical')).rejects.toMatchObject({
      code: 'STORE_UNKNOWN_GROUP',
      message: 'There is no feature group "klinical"; known: clinical',
    });
    await expect(store.describeGroup('clinical', 7)).rejects.toMatchObject({ code: 'STORE_UNKNOWN_VERSION' });
    await expect(store.record.get('x', 'P1')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    await expect(store.history('x', 'P1')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    await store.close();
  });
}
