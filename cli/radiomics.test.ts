import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openImage, writeNifti } from '../pipelines/imaging/index.js';
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

describe('--maps', () => {
  test('writes one map per feature, on the grid of the region, whatever else is asked', async () => {
    const out = join(folder, 'maps');
    const settings = join(folder, 'two.yaml');
    writeFileSync(settings, 'featureClass: { firstorder: [Mean, Range], glcm: [Contrast] }');
    const { code, stdout, stderr } = await radiomics(
      ...['--settings', settings, '--maps', 'firstorder', 'glcm', '--maps-to', out, '--json'],
    );
    expect(stderr).toContain('written: ');
    expect(code).toBe(0);
    const names = ['glcm_Contrast', 'firstorder_Mean', 'firstorder_Range'].map((name) => `original_${name}.nii.gz`);
    expect(readdirSync(out).sort()).toEqual(names.sort());
    expect(JSON.parse(stdout).files).toHaveLength(3);
    const { volume: map } = await openImage(join(out, 'original_firstorder_Mean.nii.gz'));
    const { volume } = await openImage(image);
    // The ball reaches from 2 to 11 along x, 2 to 9 along y and 2 to 6 along z; the kernel one voxel further.
    expect(map.size).toEqual([12, 10, 7]);
    const [mx, my, mz] = [5, 4, 4];
    const at = (x: number, y: number, z: number) => volume.voxels[x + 14 * (y + 12 * z)] as number;
    const step = [-1, 0, 1];
    const kernel = step.flatMap((z) => step.flatMap((y) => step.map((x) => at(mx + 1 + x, my + 1 + y, mz + 1 + z))));
    const mean = kernel.reduce((a, b) => a + b, 0) / 27;
    expect(map.voxels[mx + 12 * (my + 10 * mz)]).toBeCloseTo(mean, 3);
    const bytes = readFileSync(join(out, 'original_glcm_Contrast.nii.gz'));
    expect(bytes[9]).toBe(255);
    await radiomics('--settings', settings, '--maps', 'glcm,firstorder', '--maps-to', join(folder, 'again'));
    expect(readFileSync(join(folder, 'again', 'original_glcm_Contrast.nii.gz')).equals(bytes)).toBe(true);
  });

  test.each([
    [['--maps', 'shape'], '"shape" has no maps; expected some of firstorder, glcm'],
    [['--maps', 'glcm,glmc'], '"glmc" has no maps'],
    [['--maps', 'glcm', '--kernel-radius', '0'], 'expected a whole number from 1 to 15'],
    [['--kernel-radius', '2'], '--kernel-radius changes nothing without --maps'],
    [['--maps-to', 'there'], '--maps-to changes nothing without --maps'],
    [['--maps', 'glcm', '--kernel-radius', 'x'], 'expected a whole number from 1 to 15'],
    [['--maps'], "option '--maps <class...>' argument missing"],
  ])('%j is one sentence', async (options, sentence) => {
    const { code, stderr } = await radiomics(...options);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('a folder that cannot be made leaves nothing behind', async () => {
    const { code, stderr } = await radiomics('--maps', 'firstorder', '--maps-to', join(image, 'below'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/error: Feature maps cannot be written to .*below: /);
  });
});

describe('--perturb', () => {
  test('gives the spread of each feature, the same for the same seed', async () => {
    const run = () => radiomics('--perturb', '2', '--seed', '4', '--perturb-by', 'rotation=3,noise=2', '--json');
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toContain('needs several patients');
    const { robustness, features } = JSON.parse(stdout);
    expect(robustness.spread).toHaveLength(Object.keys(features).length);
    expect(robustness.noise).toBe(2);
    expect((await run()).stdout).toBe(stdout);
  });

  test('works on resampled and filtered images', async () => {
    const settings = join(folder, 'filtered.yaml');
    writeFileSync(
      settings,
      `imageType: { Original: {}, LoG: { sigma: [2] }, Wavelet: {} }
featureClass: { shape: [VoxelVolume], firstorder: [Mean], glcm: [Contrast] }
setting: { resampledPixelSpacing: [1, 1, 1], interpolator: sitkBSpline, binWidth: 25, normalize: true, normalizeScale: 100 }`,
    );
    const { code, stdout, stderr } = await radiomics('--perturb', '2', '--settings', settings, '--json');
    expect(code, stderr).toBe(0);
    const { robustness, features } = JSON.parse(stdout);
    expect(robustness.failed).toEqual([]);
    expect(robustness.spread.map((s: { feature: string }) => s.feature)).toEqual(Object.keys(features));
    // Shape, and two features of the original, one LoG and eight wavelet images.
    expect(robustness.spread).toHaveLength(1 + 2 * 10);
    expect(robustness.spread.every((s: { standardDeviation: number }) => s.standardDeviation > 0)).toBe(true);
  });

  test.each([
    [['--perturb', '1'], 'expected a whole number from 2 to 1000'],
    [['--perturb', '2', '--perturb-by', 'tilt=3'], 'expected rotation=, shift=, noise= and grow='],
    [['--perturb', '2', '--perturb-by', 'grow=-1'], 'expected a number from 0 to 20'],
    [['--perturb', '2', '--perturb-by', 'grow='], 'expected a number from 0 to 20'],
    [['--seed', '3'], '--seed changes nothing without --perturb'],
    [['--perturb-by', 'grow=2'], '--perturb-by changes nothing without --perturb'],
    [['--perturb', '2', '--seed', 'x'], 'expected a whole number'],
  ])('%j is one sentence', async (options, sentence) => {
    const { code, stderr } = await radiomics(...options);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

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
