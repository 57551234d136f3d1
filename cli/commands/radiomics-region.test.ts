import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultSettings } from '../../pipelines/imaging/index.js';
import { element } from '../../test/imaging/dicom-bytes.js';
import { ctSlice, segmentation } from '../../test/imaging/sample-objects.js';
import { openRegion } from './radiomics-region.js';

const folder = mkdtempSync(join(tmpdir(), 'region-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
const marked = (n: number) => [
  { position: [0, 0, 0] as const, values: Array.from({ length: 12 }, (_, i) => Number(i < n)) },
];
for (const [series, intercept] of [
  ['1.2.3', '-1000'],
  ['1.2.30', '0'],
] as const) {
  for (const z of [0, 2]) write(`${series}-${z}`, ctSlice({ position: [0, 0, z], series, intercept }));
}
write('first', segmentation({ frames: marked(3) }));
write('second', segmentation({ frames: marked(5), extra: [element('0020000E', 'UI', '1.2.40')] }));

test('one folder with images and masks: each is chosen by its option', async () => {
  const choice = { series: '1.2.30', segmentation: 'second' };
  const { volume, mask } = await openRegion(folder, undefined, choice, defaultSettings);
  expect(volume.voxels[1]).toBe(1);
  expect(mask.voxels.reduce((a, b) => a + b)).toBe(5);
  await expect(openRegion(folder, undefined, { segmentation: 'second' }, defaultSettings)).rejects.toMatchObject({
    code: 'SERIES_SEVERAL',
  });
  await expect(openRegion(folder, undefined, { series: '1.2.30' }, defaultSettings)).rejects.toMatchObject({
    code: 'SEGMENTATION_SEVERAL',
  });
});

test('an image that is one file needs its mask named', async () => {
  const path = join(folder, '1.2.3-0');
  await expect(openRegion(path, undefined, {}, defaultSettings)).rejects.toMatchObject({ code: 'MASK_NOT_GIVEN' });
  expect((await openRegion(path, join(folder, 'first'), {}, defaultSettings)).mask.label).toBe('Tumour');
});
