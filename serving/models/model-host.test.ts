import { describe, expect, test } from 'vitest';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import type { LoadedModel, ModelContent } from './loaded-model.js';
import { type ModelEvent, ModelHost, type ModelHostOptions } from './model-host.js';

const predictor = createPredictor(chainBundle());
const content = (modelId: string, bytes = 10): ModelContent => ({
  manifest: chainBundle({ modelId }).manifest,
  predictor,
  bytes,
});

/** Sources are named `<id>` or `<id>:<bytes>`; `gate` holds reads back until it is opened. */
function hostOf(options: Partial<ModelHostOptions> = {}) {
  const reads: string[] = [];
  const events: string[] = [];
  const host = new ModelHost({
    read: async (source) => {
      reads.push(source);
      const [id = '', bytes] = source.split(':');
      if (id === 'broken') throw new TypeError('damaged');
      return content(id, bytes === undefined ? 10 : Number(bytes));
    },
    ...options,
  });
  host.onChange((event: ModelEvent, model: LoadedModel) => events.push(`${event} ${model.name} ${model.version}`));
  return { host, reads, events };
}

const settled = (promise: Promise<void>) => Promise.race([promise.then(() => true), Promise.resolve(false)]);

describe('names', () => {
  test('load, look up, list, remove', async () => {
    const { host, events } = hostOf();
    await host.load('b', 'one');
    await host.load('a', 'two', { version: '7' });
    expect(host.list().map((m) => [m.name, m.version, m.source])).toEqual([
      ['a', '7', 'two'],
      ['b', 'one', 'one'],
    ]);
    expect(host.peek('a')?.manifest.modelId).toBe('two');
    expect(host.peek('a', '7')).toBe(host.peek('a'));
    expect(host.peek('a', '8')).toBeUndefined();
    host.remove('a');
    expect(host.peek('a')).toBeUndefined();
    expect(host.acquire('a')).toBeUndefined();
    expect(events).toEqual(['activated b one', 'activated a 7', 'retired a 7']);
  });

  test('a name in use, an unknown name, names that are none', async () => {
    const { host } = hostOf();
    await host.load('a', 'one');
    await expect(host.load('a', 'two')).rejects.toMatchObject({ code: 'SERVING_MODEL_LOADED' });
    expect(host.peek('a')?.manifest.modelId).toBe('one');
    expect(() => host.remove('b')).toThrow(/No model "b" is loaded/);
    expect(() => host.remove('a', '9')).toThrow(/version "9"/);
    expect(() => host.remove('a', 'one')).toThrow(/one that answers/);
    await expect(host.acquireOrLoad('b')).rejects.toMatchObject({ code: 'SERVING_MODEL_NOT_FOUND' });
    for (const name of ['', '..', 'a/../b', '/a', 'a/', '.a', 'a b', 'a\u0000', 'é', 'x'.repeat(257)]) {
      await expect(host.load(name, 'one'), name).rejects.toMatchObject({ code: 'SERVING_BAD_MODEL_NAME' });
    }
    await host.load('team/lung-2.tar.gz', 'one');
  });

  test('what cannot be read leaves everything as it was', async () => {
    const { host } = hostOf();
    await host.load('a', 'one');
    await expect(host.swap('a', 'broken')).rejects.toThrow('damaged');
    await expect(host.load('b', 'broken')).rejects.toThrow('damaged');
    expect(host.list().map((m) => m.manifest.modelId)).toEqual(['one']);
    await host.load('b', 'two');
  });
});

describe('hot swap', () => {
  test('who holds the old model ends on it; it drains with the last', async () => {
    const { host, events } = hostOf();
    const old = await host.load('a', 'one');
    expect(host.acquire('a')).toBe(old);
    expect(host.acquire('a')).toBe(old);
    const fresh = await host.swap('a', 'two');
    expect(host.acquire('a')).toBe(fresh);
    expect(host.peek('a', 'one')).toBeUndefined();
    expect(host.usedBytes).toBe(20);
    old.release();
    expect(await settled(old.drained)).toBe(false);
    old.release();
    await old.drained;
    expect(host.usedBytes).toBe(10);
    expect(events).toEqual(['activated a one', 'activated a two', 'retired a one']);
  });

  test('the old model answers while the new one is read', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { host } = hostOf({
      read: async (source) => {
        if (source === 'slow') await gate;
        return content(source);
      },
    });
    await host.load('a', 'one');
    const swap = host.swap('a', 'slow');
    await Promise.resolve();
    expect(host.peek('a')?.manifest.modelId).toBe('one');
    open();
    await swap;
    expect(host.peek('a')?.manifest.modelId).toBe('slow');
  });

  test('versions stay when asked to, and one of them can be made current again', async () => {
    const { host } = hostOf();
    const one = await host.load('a', 'one', { version: '1' });
    const two = await host.swap('a', 'two', { version: '2', keepOthers: true });
    expect(host.peek('a')).toBe(two);
    expect(host.peek('a', '1')).toBe(one);
    host.activate('a', '1');
    expect(host.peek('a')).toBe(one);
    host.remove('a', '2');
    expect(host.peek('a', '2')).toBeUndefined();
    expect(() => host.activate('a', '2')).toThrow(/version "2"/);
    host.remove('a');
    expect(host.list()).toEqual([]);
  });
});

describe('memory', () => {
  const places: ModelHostOptions['locate'] = async (name) => (name.startsWith('m') ? name : undefined);

  test('on demand: loaded once for all who wait, the longest unused dropped for the next', async () => {
    const { host, reads, events } = hostOf({ locate: places, memoryLimitBytes: 30 });
    const both = await Promise.all([host.acquireOrLoad('m1'), host.acquireOrLoad('m1')]);
    expect(both[0]).toBe(both[1]);
    expect(reads).toEqual(['m1']);
    for (const model of both) model.release();
    for (const name of ['m2', 'm3', 'm1', 'm4']) (await host.acquireOrLoad(name)).release();
    expect(host.list().map((m) => m.name)).toEqual(['m1', 'm3', 'm4']);
    expect(events).toContain('evicted m2 m2');
    (await host.acquireOrLoad('m2')).release();
    expect(host.list().map((m) => m.name)).toEqual(['m1', 'm2', 'm4']);
    expect(host.usedBytes).toBe(30);
  });

  test('models in use and models loaded by name are not dropped: there is no room then', async () => {
    const { host } = hostOf({ locate: places, memoryLimitBytes: 20 });
    await host.load('a', 'one');
    const held = await host.acquireOrLoad('m1');
    await expect(host.load('b', 'two')).rejects.toMatchObject({
      code: 'SERVING_NO_MEMORY',
      message: 'Model "b" takes 10 bytes, which do not fit beside the loaded ones into 20; unload one first',
    });
    held.release();
    await host.load('b', 'two');
    expect(host.list().map((m) => m.name)).toEqual(['a', 'b']);
    await expect(host.acquireOrLoad('m1')).rejects.toMatchObject({ code: 'SERVING_NO_MEMORY' });
    await expect(host.load('c', 'huge:21')).rejects.toMatchObject({ code: 'SERVING_NO_MEMORY' });
  });

  test('a swap needs no room for both', async () => {
    const { host } = hostOf({ memoryLimitBytes: 10 });
    await host.load('a', 'one');
    await host.swap('a', 'two');
    expect(host.usedBytes).toBe(10);
    await expect(host.swap('a', 'huge:11')).rejects.toMatchObject({ code: 'SERVING_NO_MEMORY' });
    expect(host.peek('a')?.manifest.modelId).toBe('two');
  });

  test('a version of a model that is loaded on demand', async () => {
    const { host } = hostOf({ locate: places });
    expect((await host.acquireOrLoad('m1', 'm1')).version).toBe('m1');
    await expect(host.acquireOrLoad('m1', '2')).rejects.toMatchObject({ code: 'SERVING_MODEL_NOT_FOUND' });
    await expect(host.acquireOrLoad('m2', '2')).rejects.toMatchObject({ code: 'SERVING_MODEL_NOT_FOUND' });
  });
});
