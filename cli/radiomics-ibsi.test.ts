import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeNifti } from '../pipelines/imaging/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../test/shared-data.js';
import { main } from './main.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-ibsi-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const ownSettings = (name: string) =>
  readFileSync(new URL(`../pipelines/imaging/reference/ibsi/${name}`, import.meta.url), 'utf8');

const size = [4, 4, 3] as const;
const indexToLps = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
const count = 4 * 4 * 3;
/** Grey levels 1, 2 and 3; label 1 is the lowest slice, label 2 the middle one, 3 a single voxel of the highest. */
const image = file(
  'image.nii.gz',
  writeNifti({ voxels: Int16Array.from({ length: count }, (_, i) => 1 + (i % 3)), size, indexToLps }),
);
const labelled = Uint8Array.from({ length: count }, (_, i) => (i < 16 ? 1 : i < 32 ? 2 : i === 40 ? 3 : 0));
const mask = file('mask.nii', writeNifti({ voxels: labelled, size, indexToLps, label: 'x' }, { gzip: false }));
const phantomText = ownSettings('digital-phantom.yaml');
const settings = file('ibsi.yaml', phantomText);

/** Runs `thoracle radiomics` in this process. */
async function radiomics(...args: readonly string[]) {
  const text = { stdout: '', stderr: '' };
  const sink = (key: keyof typeof text) => ({
    write: (chunk: string) => {
      text[key] += chunk;
    },
  });
  const code = await main(['radiomics', ...args], { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...text };
}

interface Answer {
  readonly values: readonly { tag: string; id: string; aggregation: string; value: number | null; reason?: string }[];
  readonly diagnostics: Readonly<Record<string, number>>;
  readonly files: readonly string[];
}

describe('radiomics --ibsi', () => {
  test('prints tag, ids, unit and value of each feature', async () => {
    const { code, stdout, stderr } = await radiomics(image, mask, '--ibsi', settings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^tag +IBSI +aggregation +unit +value +no value because$/);
    expect(lines).toHaveLength(1 + 79 + 6 * (25 + 16) + 3 * (16 + 16 + 5 + 17));
    const fields = (tag: string) => lines.find((line) => line.startsWith(`${tag} `))?.split(/ {2,}/);
    expect(fields('morph_vol_approx')).toEqual(['morph_vol_approx', 'YEKZ', 'DHQ4', 'mm3', '32']);
    // 16 voxels of 1, 2, 3, 1, …
    expect(fields('stat_mean')?.slice(1)).toEqual(['Q4LE', 'DHQ4', 'HU', String(31 / 16)]);
    expect(fields('szm_z_perc_2_5D')?.slice(1, 4)).toEqual(['P30P', '62GR', '1']);
  });

  test('a feature that is not defined has no value and says why', async () => {
    const { code, stdout } = await radiomics(image, mask, '--ibsi', settings, '--label', '3');
    expect(code).toBe(0);
    const line = stdout.split('\n').find((l) => l.startsWith('cm_joint_max_3D_avg '));
    expect(line).toMatch(/GYBY +ITBB +1 +- +no two voxels of the region are neighbours$/);
    const json = await radiomics(image, mask, '--ibsi', settings, '--label', '3', '--json');
    const { values } = JSON.parse(json.stdout) as Answer;
    expect(values.find((v) => v.tag === 'cm_joint_max_3D_avg')).toMatchObject({
      value: null,
      reason: 'no two voxels of the region are neighbours',
    });
    expect(values.every((v) => (v.value === null) === (v.reason !== undefined))).toBe(true);
  });

  test('the label is that of the option, else of the settings file', async () => {
    const mean = async (...options: readonly string[]) => {
      const { stdout } = await radiomics(image, mask, ...options, '--json');
      return (JSON.parse(stdout) as Answer).values.find((v) => v.tag === 'stat_mean')?.value;
    };
    const second = file('second.yaml', `label: 2\n${phantomText}`);
    // Voxels 16 to 31 start with 2: 2, 3, 1, …, 2.
    expect(await mean('--ibsi', second)).toBe((15 * 2 + 2) / 16);
    expect(await mean('--ibsi', second, '--label', '1')).toBe(31 / 16);
  });

  test('pictures are written beside', async () => {
    const { code, stdout } = await radiomics(
      image,
      mask,
      '--ibsi',
      settings,
      '--pictures',
      join(folder, 'p'),
      '--json',
    );
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Answer).files).toContain(join(folder, 'p', 'mask.nii.gz'));
  });
});

const without = (key: string) =>
  phantomText
    .split('\n')
    .filter((line) => !line.startsWith(`${key}:`))
    .join('\n');

describe('what cannot be used is one sentence', () => {
  test.each([
    ['--settings', file('py.yaml', 'setting: { binWidth: 25 }')],
    ['--maps', 'glcm'],
    ['--perturb', '3'],
  ])('%s beside it', async (option, value) => {
    const { code, stderr } = await radiomics(image, mask, '--ibsi', settings, option, value);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      new RegExp(`^error: option '--ibsi <file>' cannot be used with option '${option} <[^\n]*'\n`),
    );
  });

  test.each([
    [
      'an unknown key',
      `coarsness: 0\n${phantomText}`,
      /^error: bad\.yaml: the setting "coarsness" is not known.*"coarseness"/,
    ],
    ['a missing key', without('distance'), /^error: bad\.yaml: "distance" is missing and has no default/],
    ['a wrong value', `${without('distance')}\ndistance: 0`, /^error: bad\.yaml: "distance" is 0, expected/],
    [
      'a parameter file of the other mode',
      'setting: { binWidth: 25 }',
      /^error: bad\.yaml: the setting "setting" is not known/,
    ],
    ['no YAML', 'a: [', /^error: bad\.yaml is not a parameter file/],
    ['an empty file', '', /^error: bad\.yaml: "interpolation" is missing/],
  ])('%s in the settings file', async (_what, text, message) => {
    const { code, stdout, stderr } = await radiomics(image, mask, '--ibsi', file('bad.yaml', text));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  test('a settings file that is not there', async () => {
    const { code, stderr } = await radiomics(image, mask, '--ibsi', join(folder, 'none.yaml'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: [^\n]*none\.yaml[^\n]*\n$/);
  });

  test('a label that the mask does not have, and a mask without voxels', async () => {
    const absent = await radiomics(image, mask, '--ibsi', settings, '--label', '9');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toMatch(/^error: [^\n]*has no voxel of label 9; labels present: 1[^\n]*\n$/);
    const voxels = new Uint8Array(count);
    const empty = file('empty.nii', writeNifti({ voxels, size, indexToLps, label: 'x' }, { gzip: false }));
    const { code, stderr } = await radiomics(image, empty, '--ibsi', settings);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: [^\n]*empty\.nii[^\n]*\n$/);
  });

  test('intensities that are no grey levels, where the file says they are', async () => {
    const voxels = Int16Array.from({ length: count }, (_, i) => i - 20);
    const hu = file('hu.nii', writeNifti({ voxels, size, indexToLps }, { gzip: false }));
    const { code, stderr } = await radiomics(hu, mask, '--ibsi', settings);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: The intensity -20 is no grey level without discretisation[^\n]*\n$/);
  });
});

describe.skipIf(!hasSharedData)(`the phantoms on the command line ${needsSharedData}`, () => {
  test('an ROI of an RTSTRUCT by name: configuration A', async () => {
    const phantom = sharedData('ibsi-1/ct_radiomics_phantom/dicom');
    const config = file('a.yaml', ownSettings('chest-config-a.yaml'));
    const args = [join(phantom, 'image'), join(phantom, 'mask'), '--roi', 'GTV-1', '--ibsi', config, '--json'];
    const { code, stdout } = await radiomics(...args);
    expect(code).toBe(0);
    const { values, diagnostics } = JSON.parse(stdout) as Answer;
    // ibsi_1_chest_config_a.csv
    expect(diagnostics.int_mask_vox_count_init_roi).toBe(125256);
    expect(Number(values.find((v) => v.tag === 'stat_mean')?.value?.toPrecision(3))).toBe(13.4);
    expect(Number(values.find((v) => v.tag === 'cm_joint_max_2_5D_comb')?.value?.toPrecision(3))).toBe(0.0943);
  });
});
