import { expect, test } from 'vitest';
import type { GroupSearch, GroupSettingsChange } from '../contract/index.js';
import { definition, groupOf, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

const clinical = groupOf('clinical', [
  definition('age', 'integer', 'feature', 'a'),
  definition('died', 'integer', 'outcome'),
]);
const genomic = groupOf('genomic', [definition('EGFR'), definition('KRAS')]);

/** What is said about a group as a whole; finding and deleting groups. */
export function settingsRules(open: StoreFactory): void {
  changes(open);
  searches(open);
  deletions(open);
}

function changes(open: StoreFactory): void {
  test('settings are given with a new group, change one by one, and hold for every version', async () => {
    let now = 5;
    const store = await open({ now: () => now });
    const made = await store.createGroup(clinical, { owner: 'lab', tags: { site: 'A', b: '2' }, ttlMs: 1000 });
    const first = {
      description: '',
      owner: 'lab',
      tags: { b: '2', site: 'A' },
      online: true,
      offline: true,
      ttlMs: 1000,
    };
    expect([made.settings, made.updatedAtMs]).toEqual([first, 5]);
    now = 9;
    const change = { description: 'records', tags: { b: null, c: '3' }, ttlMs: null };
    const changed = await store.updateGroup('clinical', change);
    const second = { description: 'records', owner: 'lab', tags: { c: '3', site: 'A' }, online: true, offline: true };
    expect([changed.settings, changed.updatedAtMs, changed.createdAtMs]).toEqual([second, 9, 5]);
    await store.createGroup({ ...clinical, settingsDigest: 's2' }, { owner: 'ignored' });
    expect((await store.describeGroup('clinical', 1)).settings).toEqual(second);
    expect((await store.describeGroup('clinical')).settings).toEqual(second);
    await store.close();
  });

  test.each<readonly [string, unknown, string]>([
    ['an unknown setting', { onlin: true }, '"onlin"'],
    ['a flag that is no boolean', { online: 'yes' }, '"online"'],
    ['neither online nor offline', { online: false, offline: false }, 'both off'],
    ['a fraction of a millisecond', { ttlMs: 0.5 }, '"ttlMs"'],
    ['no time to live', { ttlMs: 0 }, '"ttlMs"'],
    ['a tag that is no text', { tags: { a: 1 } }, '"a"'],
    ['a tag without a name', { tags: { '': 'x' } }, 'tag name'],
    ['an owner that is no text', { owner: 7 }, '"owner"'],
  ])('refused: %s', async (_what, change, mentions) => {
    const store = await open();
    await store.createGroup(clinical);
    await expect(store.updateGroup('clinical', change as GroupSettingsChange)).rejects.toMatchObject({
      code: 'STORE_BAD_SETTINGS',
      message: expect.stringContaining(mentions),
    });
    await expect(store.updateGroup('x', {})).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    await store.close();
  });
}

function searches(open: StoreFactory): void {
  test('groups are found by name, description, feature, role, tag and owner', async () => {
    const store = await open();
    await store.createGroup(clinical, { owner: 'Registry', tags: { modality: 'record', site: 'A' } });
    await store.createGroup(genomic, { description: 'RNA of the Clinic', tags: { modality: 'omics' } });
    const found = async (search: GroupSearch) => (await store.searchGroups(search)).map((g) => g.name);
    expect(await found({})).toEqual(['clinical', 'genomic']);
    expect(await found({ text: 'CLINIC' })).toEqual(['clinical', 'genomic']);
    expect(await found({ text: 'geno' })).toEqual(['genomic']);
    expect(await found({ feature: 'egf' })).toEqual(['genomic']);
    expect(await found({ role: 'outcome' })).toEqual(['clinical']);
    expect(await found({ feature: 'age', role: 'outcome' })).toEqual([]);
    expect(await found({ tag: 'modality' })).toEqual(['clinical', 'genomic']);
    expect(await found({ tag: 'modality', tagValue: 'omics' })).toEqual(['genomic']);
    expect(await found({ tag: 'site', tagValue: 'record' })).toEqual([]);
    expect(await found({ owner: 'registry' })).toEqual(['clinical']);
    await expect(store.searchGroups({ name: 'x' } as GroupSearch)).rejects.toMatchObject({ code: 'STORE_BAD_OPTIONS' });
    await store.close();
  });
}

function deletions(open: StoreFactory): void {
  test('a group goes with everything when its name is said once more; a new one of the name starts afresh', async () => {
    const store = await open();
    await store.ingest(tableOf(genomic, [{ case_id: 'P1', event_time: 0, EGFR: 1, KRAS: 2 }]));
    await store.ingest(tableOf(clinical, [{ case_id: 'P1', event_time: 0, age: 60, died: 1 }]));
    await store.record.delete('clinical', 'P1');
    await expect(store.deleteGroup('clinical', 'yes')).rejects.toMatchObject({ code: 'STORE_NOT_CONFIRMED' });
    expect((await store.listGroups()).length).toBe(2);
    expect(await store.deleteGroup('clinical', 'clinical')).toEqual({ rows: 2 });
    expect((await store.listGroups()).map((g) => g.name)).toEqual(['genomic']);
    for (const sql of ['SELECT * FROM clinical', 'SELECT * FROM clinical_history']) {
      await expect(store.query(sql)).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED' });
    }
    await expect(store.record.get('clinical', 'P1')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    await expect(store.deleteGroup('clinical', 'clinical')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    const changed = groupOf('clinical', [definition('age', 'double', 'metadata')]);
    expect((await store.createGroup(changed)).version).toBe(1);
    expect(await store.history('clinical', 'P1')).toEqual([]);
    expect((await store.record.get('genomic', 'P1'))?.values.KRAS).toBe(2);
    await store.close();
  });
}
