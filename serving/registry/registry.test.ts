import { mkdtempSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packModel, writeModelFolder } from '../../test/serving/model-folders.js';
import { buildApp } from '../http/app.js';
import { listen } from '../http/listen.js';
import { ModelHost } from '../models/model-host.js';
import { readModel } from '../models/read-model.js';
import { followRegistry } from './follow-registry.js';
import { promoteModel, registerModel, rollBackModel } from './registry.js';
import { readRegistry } from './registry-file.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-registry-'));
afterAll(() => rm(folder, { recursive: true }));
let made = 0;

/** A registry with so many versions of `lung`, none of them promoted. */
async function registryOf(versions: number): Promise<string> {
  const root = join(folder, `${++made}`, 'registry');
  for (let i = 1; i <= versions; i++) {
    const place = join(root, '..', `model-${i}`);
    await writeModelFolder(place, { threshold: i / 100 });
    await registerModel(root, 'lung', place);
  }
  return root;
}

const stagesOf = async (root: string) => (await readRegistry(root))?.models.lung?.versions.map(({ stage }) => stage);
const hostOf = () => new ModelHost({ read: readModel });
const silent = { onTrouble: () => undefined, everyMs: 10 };

describe('a registry', () => {
  test('candidate, production, archived; promote and roll back', async () => {
    const root = await registryOf(3);
    expect(await stagesOf(root)).toEqual(['candidate', 'candidate', 'candidate']);
    await promoteModel(root, 'lung', '1');
    await promoteModel(root, 'lung', '3');
    expect(await stagesOf(root)).toEqual(['archived', 'candidate', 'production']);
    expect(await promoteModel(root, 'lung', '3')).toMatchObject({ version: '3' });
    expect(await rollBackModel(root, 'lung')).toMatchObject({ version: '1', stage: 'production' });
    expect(await stagesOf(root)).toEqual(['production', 'candidate', 'archived']);
    await expect(rollBackModel(root, 'lung')).rejects.toMatchObject({ code: 'SERVING_NO_ROLLBACK' });
  });

  test('an archive becomes a version; the same model twice, bad names, what is not there', async () => {
    const root = await registryOf(1);
    const first = join(root, '..', 'model-1');
    await expect(registerModel(root, 'lung', first)).rejects.toMatchObject({ code: 'SERVING_REGISTERED' });
    const archive = join(root, '..', 'other.tar.gz');
    await packModel(first, archive);
    expect(await registerModel(root, 'other', archive)).toMatchObject({ version: '1', stage: 'candidate' });
    for (const name of ['', '..', 'a/b', '.x', '__proto__/x']) {
      await expect(registerModel(root, name, first), name).rejects.toMatchObject({ code: 'SERVING_BAD_MODEL_NAME' });
    }
    for (const [name, version] of [
      ['lung', '2'],
      ['lung', '../1'],
      ['none', '1'],
      ['constructor', '1'],
    ] as const) {
      await expect(promoteModel(root, name, version)).rejects.toMatchObject({ code: 'SERVING_UNKNOWN_VERSION' });
    }
    await expect(registerModel(root, 'lung', join(folder, 'none'))).rejects.toMatchObject({
      code: 'TRAIN_BUNDLE_UNREADABLE',
    });
  });

  test('registrations at the same moment are all there', async () => {
    const root = await registryOf(0);
    const places = Array.from({ length: 6 }, (_, i) => join(folder, `parallel-${i}`));
    for (const [i, place] of places.entries()) await writeModelFolder(place, { threshold: i / 50 });
    await Promise.all(places.map((place) => registerModel(root, 'lung', place)));
    const versions = (await readRegistry(root))?.models.lung?.versions.map(({ version }) => version);
    expect(versions).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('a version that was changed, or is another model, is neither promoted nor served', async () => {
    const root = await registryOf(2);
    await promoteModel(root, 'lung', '1');
    const file = join(root, 'models', 'lung', '2', 'manifest.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"threshold": 0.02', '"threshold": 0.9'));
    await expect(promoteModel(root, 'lung', '2')).rejects.toMatchObject({ code: 'TRAIN_BUNDLE_CHANGED' });
    await writeFile(file, await readFile(join(root, 'models', 'lung', '1', 'manifest.json')));
    await expect(promoteModel(root, 'lung', '2')).rejects.toMatchObject({ code: 'SERVING_REGISTRY' });
    expect(await stagesOf(root)).toEqual(['production', 'candidate']);
    await writeFile(join(root, 'models', 'lung', '1', 'manifest.json'), text);
    await expect(followRegistry(hostOf(), root, silent)).rejects.toMatchObject({ code: 'SERVING_REGISTRY' });
  });

  test('files that are no registry, and one with nothing in production', async () => {
    const root = await registryOf(1);
    await expect(followRegistry(hostOf(), root, silent)).rejects.toThrow('no version is promoted');
    await expect(followRegistry(hostOf(), join(root, 'none'), silent)).rejects.toThrow('there is no registry.json');
    const whole = await readFile(join(root, 'registry.json'), 'utf8');
    const texts = [
      '',
      '{',
      '[]',
      'null',
      '{"formatVersion":2,"models":{}}',
      whole.replace('"candidate"', '"production"'),
      whole.replace('"1"', '"../1"'),
    ];
    for (const text of texts) {
      await writeFile(join(root, 'registry.json'), text);
      await expect(readRegistry(root), text).rejects.toMatchObject({ code: 'SERVING_REGISTRY' });
      await expect(promoteModel(root, 'lung', '1'), text).rejects.toMatchObject({ code: 'SERVING_REGISTRY' });
    }
  });
});

describe('a server that follows a registry', () => {
  test('swaps on promote and on rollback under load with no failed request; a restart serves the promoted version', async () => {
    const root = await registryOf(2);
    await promoteModel(root, 'lung', '1');
    const models = hostOf();
    const following = await followRegistry(models, root, silent);
    const seen = new Set<string>();
    const record = {
      name: 'record',
      onResponse: (facts: { readonly version: string }) => void seen.add(facts.version),
    };
    const { url, close } = await listen(buildApp({ models, defaultModel: 'lung', extensions: [record] }), { port: 0 });
    let loading = true;
    const statuses: number[] = [];
    const load = Array.from({ length: 4 }, async () => {
      while (loading) {
        const body = 'Age\n60';
        const reply = await fetch(`${url}/invocations`, {
          method: 'POST',
          headers: { 'content-type': 'text/csv' },
          body,
        });
        await reply.text();
        statuses.push(reply.status);
      }
    });
    const until = (version: string) =>
      expect.poll(() => models.peek('lung')?.version, { timeout: 10_000 }).toBe(version);
    for (let i = 0; i < 3; i++) {
      await promoteModel(root, 'lung', '2');
      await until('2');
      await rollBackModel(root, 'lung');
      await until('1');
    }
    await promoteModel(root, 'lung', '2');
    await until('2');
    const before = statuses.length;
    await expect.poll(() => statuses.length).toBeGreaterThan(before + 8);
    loading = false;
    await Promise.all(load);
    following.close();
    await close();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect([...seen].sort()).toEqual(['1', '2']);
    const again = hostOf();
    (await followRegistry(again, root, silent)).close();
    expect(again.peek('lung')).toMatchObject({ version: '2' });
  });

  test('what cannot be served is told, and the model before goes on answering', async () => {
    const root = await registryOf(2);
    await promoteModel(root, 'lung', '1');
    const models = hostOf();
    const troubles: unknown[] = [];
    const following = await followRegistry(models, root, { onTrouble: (error) => troubles.push(error), everyMs: 10 });
    await promoteModel(root, 'lung', '2');
    await expect.poll(() => models.peek('lung')?.version).toBe('2');
    // In one step: a file that is seen half-written would be a trouble of its own.
    await writeFile(join(root, 'broken.json'), '{');
    await rename(join(root, 'broken.json'), join(root, 'registry.json'));
    await expect.poll(() => troubles.length).toBe(1);
    expect(troubles[0]).toMatchObject({ code: 'SERVING_REGISTRY' });
    expect(models.peek('lung')?.version).toBe('2');
    following.close();
  });
});
