import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeArtifacts } from './artifacts.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'artifacts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const artifact = (fileName: string, text: string) => ({
  fileName,
  mediaType: 'text/plain',
  bytes: new TextEncoder().encode(text),
});

test('files are written below the folder, replaced, and nothing else is left', async () => {
  await writeArtifacts(folder, [artifact('P-1/a.txt', 'first'), artifact('P-1/b.txt', 'b')]);
  expect(await writeArtifacts(folder, [artifact('P-1/a.txt', 'second')])).toEqual(['P-1/a.txt']);
  expect(readFileSync(join(folder, 'P-1/a.txt'), 'utf8')).toBe('second');
  expect(readdirSync(join(folder, 'P-1')).sort()).toEqual(['a.txt', 'b.txt']);
});

test('a name that leads out of the folder, and a folder in the way, are refused', async () => {
  for (const name of ['../evil', '/elsewhere/evil', 'a/../../evil']) {
    await expect(writeArtifacts(folder, [artifact(name, 'x')])).rejects.toThrow('the name leads out of the folder');
  }
  writeFileSync(join(folder, 'file'), '');
  await expect(writeArtifacts(folder, [artifact('file/a.txt', 'x')])).rejects.toMatchObject({
    code: 'PIPELINE_ARTIFACT',
    message: expect.stringMatching(
      /^cannot write "file\/a.txt" to the artifact folder: a file of that name is in the way$/,
    ),
  });
  await writeArtifacts(folder, [artifact('dir/inner.txt', 'x')]);
  await expect(writeArtifacts(folder, [artifact('dir', 'x')])).rejects.toMatchObject({ code: 'PIPELINE_ARTIFACT' });
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});
