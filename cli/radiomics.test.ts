import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNifti } from '../pipelines/imaging/index.js';
import { main } from './main.js';

let folder: string;
let image: string;
let mask: string;

const size = [14, 12, 9] as const;
const indexToLps = [-0.8, 0, 0, 40, 0, -1.1, 0, 30, 0, 0, 2.5, -20, 0, 0, 0, 1];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thoracle-radiomics-'));
  const count = size[0] * size[1] * size[2];
  const at = (i: number) => [i % 14, Math.floor(i / 14) % 12, Math.floor(i / 168)] as const;
  const voxels = Int16Array.from({ length: count }, (_, i) => ((i * 7919 + (i % 13) * 1047) % 997) - 800);
  const inside = Uint8Array.from({ length: count }, (_, i) => {
    const [x, y, z] = at(i);
    return ((x - 6.5) / 5) ** 2 + ((y - 5.5) / 4) ** 2 + ((z - 4) / 3) ** 2 <= 1 ? 1 : 0;
  });
  image = join(folder, 'image.nii.gz');
  mask = join(folder, 'mask.nii');
  writeFileSync(image, writeNifti({ voxels, size, indexToLps }));
  writeFileSync(mask, writeNifti({ voxels: inside, size, indexToLps, label: 'tumour' }, { gzip: false }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `thoracle radiomics` in this process. */
async function radiomics(...options: readonly string[]) {
  const text = { stdout: '', stderr: '' };
  const sink = (key: keyof typeof text) => ({
    write: (chunk: string) => {
      text[key] += chunk;
    },
  });
  const code = await main(['radiomics', image, mask, ...options], { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...text };
}

describe('--pictures', () => {
  test('writes image, mask and both windows, and says so', async () => {
    const out = join(folder, 'new', 'pictures');
    const { code, stdout, stderr } = await radiomics('--pictures', out, '--json');
    expect(code).toBe(0);
    const names = ['ct.nii.gz', 'mask.nii.gz', 'overlay-lung.png', 'overlay-mediastinum.png'];
    expect(readdirSync(out).sort()).toEqual(names);
    expect(JSON.parse(stdout).files).toEqual(names.map((name) => join(out, name)));
    expect(stderr).toContain(`written: ${join(out, 'overlay-lung.png')}`);
    expect(decode(readFileSync(join(out, 'overlay-lung.png'))).width).toBe(1296);
  });

  test('a file in the place of the folder is one sentence', async () => {
    const { code, stderr } = await radiomics('--pictures', join(image, 'below'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: [^\n]*ct\.nii\.gz[^\n]*\n$/);
    expect(existsSync(join(folder, 'ct.nii.gz'))).toBe(false);
  });
});
