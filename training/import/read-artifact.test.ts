import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { createBooster } from '../../serving/predict/index.js';
import { readArchive, writeArchive } from '../bundle/archive.js';
import { type ArtifactCase, bytesOf, artifactCases as cases } from '../test/xgboost-artifacts.js';
import { loadNativeLibrary } from '../xgboost/index.js';
import { pickleBuffers } from './pickle-buffers.js';
import { readXgboostArtifact } from './read-artifact.js';

const library = loadNativeLibrary();
/** 3.1 and later no longer read the old binary format, and older releases not what newer ones pickle. */
const readable = ({ form, version }: ArtifactCase): boolean => {
  const [major = 0, minor = 0] = library.version.split('.').map(Number);
  const here = major + minor / 100;
  return form === 'legacy binary' ? here < 3.01 : here >= Number.parseFloat(version);
};

describe('XGBoost models made elsewhere', () => {
  test.each(cases.filter(readable))('$name predicts what it predicted there', async (reference) => {
    const { booster } = await readXgboostArtifact(library, bytesOf(reference), reference.name);
    const found = createBooster(booster).predict(Float64Array.from(reference.rows));
    for (const [i, value] of reference.predictions.entries())
      expect(Math.abs((found[i] as number) - value)).toBeLessThan(2e-7);
    const { learner } = booster as { readonly learner: { readonly feature_names: readonly string[] } };
    expect(learner.feature_names).toEqual(reference.form === 'legacy binary' ? [] : reference.featureNames);
  });

  test.each(cases.filter((reference) => reference.form === 'legacy binary' && !readable(reference)))(
    '$name is refused with what to do about it',
    async (reference) => {
      await expect(readXgboostArtifact(library, bytesOf(reference), 'old.bin')).rejects.toThrow(
        'save it as JSON with the XGBoost that made it',
      );
    },
  );

  test.each([
    ['text', new TextEncoder().encode('hello'), 'neither JSON, UBJSON nor a Python pickle'],
    ['damaged JSON', new TextEncoder().encode('{"learner":'), 'XGBoost refused'],
    ['an empty pickle', Uint8Array.of(0x80, 4, 0x4e, 0x2e), 'the pickle holds no byte string'],
    ['a pickle of something else', Uint8Array.of(0x80, 4, 0x43, 3, 1, 2, 3, 0x2e), 'XGBoost refused'],
    ['a cut pickle', Uint8Array.of(0x80, 4, 0x42, 255, 255, 0, 0), 'cut off'],
    ['an unknown opcode', Uint8Array.of(0x80, 4, 0xff, 0x2e), 'it is no Python pickle'],
  ])('%s is refused', async (_what, bytes, message) => {
    await expect(readXgboostArtifact(library, bytes, 'model')).rejects.toThrow(message);
  });

  test('a pickle that would run code when loaded is only read', () => {
    // cos\nsystem\n(S'echo'\ntR.  as a pickle bomb would have it, with a byte string behind it
    const bomb = new TextEncoder().encode("\u0000cos\nsystem\n(S'echo'\ntR");
    const bytes = Uint8Array.from([0x80, 3, ...bomb.subarray(1), 0x43, 2, 7, 8, 0x2e]);
    expect(pickleBuffers(bytes, 'bomb')).toEqual([Uint8Array.of(7, 8)]);
  });
});

describe('archives', () => {
  const files = new Map([
    ['manifest.json', new TextEncoder().encode('{}')],
    ['model.json', new TextEncoder().encode('{"learner":{}}')],
  ]);

  test('what was written is read; the same files are the same bytes', async () => {
    const bytes = await writeArchive(files);
    expect(await writeArchive(files)).toEqual(bytes);
    const read = await readArchive(bytes, 'a.tar.gz');
    expect([...read.keys()]).toEqual([...files.keys()]);
    for (const [name, content] of files) expect(Uint8Array.from(read.get(name) ?? [])).toEqual(content);
  });

  const tar = async (...entries: readonly Parameters<ReturnType<typeof pack>['entry']>[]): Promise<Uint8Array> => {
    const writer = pack();
    for (const [header, content] of entries) writer.entry(header, content as string);
    writer.finalize();
    const parts: Uint8Array[] = [];
    for await (const part of writer) parts.push(part as Uint8Array);
    return Buffer.concat(parts);
  };

  test.each<[string, Parameters<ReturnType<typeof pack>['entry']>[], string]>([
    ['a path upwards', [[{ name: '../../etc/passwd' }, 'x']], 'leads out of the archive'],
    ['an absolute path', [[{ name: '/etc/passwd' }, 'x']], 'leads out of the archive'],
    ['a link', [[{ name: 'xgboost-model', type: 'symlink', linkname: '/etc/passwd' }, '']], 'is a symlink'],
    [
      'a name twice',
      [
        [{ name: 'a' }, 'x'],
        [{ name: './a' }, 'y'],
      ],
      'is there twice',
    ],
  ])('%s is refused', async (_what, entries, message) => {
    await expect(readArchive(await tar(...entries), 'bad.tar')).rejects.toThrow(message);
  });

  test('a bomb is refused before it is in memory, and so are too many files', async () => {
    const bomb = await writeArchive(new Map([['zeros', new Uint8Array(3_000_000)]]));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(readArchive(bomb, 'bomb.tar.gz', { totalBytes: 1000, files: 3 })).rejects.toThrow(
      'unpacks to more than',
    );
    const zeros = await writeArchive(new Map([['zeros', new Uint8Array(20_000_000)]]));
    await expect(readArchive(zeros, 'zeros.tar.gz')).rejects.toThrow('unpacks to more than 200 times its size');
    const many = await writeArchive(
      new Map(Array.from({ length: 5 }, (_, k) => [`f${k}`, new Uint8Array(1)] as const)),
    );
    await expect(readArchive(many, 'many.tar.gz', { files: 4 })).rejects.toThrow('more than 4 files');
  });

  test.each([
    ['damaged gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), 'gzip data are damaged'],
    ['no archive', new Uint8Array(1024).fill(65), 'no tar archive, or damaged'],
  ])('%s is refused', async (_what, bytes, message) => {
    await expect(readArchive(bytes, 'x')).rejects.toThrow(message);
  });

  test('an archive without a model, and one with two', async () => {
    const none = await writeArchive(new Map([['readme.txt', new Uint8Array(3)]]));
    await expect(readXgboostArtifact(library, none, 'none.tar.gz')).rejects.toThrow(
      'it holds readme.txt, but no xgboost-model',
    );
    const two = await writeArchive(
      new Map([
        ['a.json', new Uint8Array(3)],
        ['b.json', new Uint8Array(3)],
      ]),
    );
    await expect(readXgboostArtifact(library, two, 'two.tar.gz')).rejects.toThrow('several models (a.json, b.json)');
  });
});
