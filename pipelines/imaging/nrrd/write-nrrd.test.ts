import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { affineFromAxes } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { readNrrd } from './read-nrrd.js';
import { writeDetachedNrrd, writeNrrd } from './write-nrrd.js';

const folder = mkdtempSync(join(tmpdir(), 'write-nrrd-'));
afterAll(() => rmSync(folder, { recursive: true }));

const size = [3, 2, 2] as const;
// Numbers that no float32 holds.
const indexToLps = affineFromAxes(
  [0.6, 0.8, 0.1 + 0.2],
  [-0.8, 0.6, 1e-17],
  [0, 0, -2.5],
  [-249.51171875, 1 / 3, 1e21],
);
const values = Array.from({ length: 12 }, (_, i) => 100 * i - 600);
const image = (voxels: Volume['voxels']): Volume => ({ voxels, size, indexToLps });

test.each([Int16Array.from(values), Float32Array.from(values, (v) => v / 7), Float64Array.from(values, (v) => v / 7)])(
  'voxels and grid come back exactly, raw, zipped and detached (%#)',
  async (voxels) => {
    for (const encoding of ['raw', 'gzip'] as const) {
      const back = await readNrrd('x.nrrd', writeNrrd(image(voxels), { encoding }));
      expect(back).toEqual({ voxels, size, indexToLps });
      const { header, data } = writeDetachedNrrd(image(voxels), 'x.raw', { encoding });
      writeFileSync(join(folder, 'x.raw'), data);
      expect(await readNrrd(join(folder, 'x.nhdr'), header)).toEqual({ voxels, size, indexToLps });
    }
  },
);

test('a mask is written as bytes; the same input gives the same bytes', async () => {
  const mask: Mask = { voxels: Uint8Array.from(values, (_, i) => i % 2), size, indexToLps, label: 'GTV' };
  const written = writeNrrd(mask);
  expect(writeNrrd(mask)).toEqual(written);
  expect(Buffer.from(written).toString('latin1')).toContain('type: uint8\n');
  expect([...(await readNrrd('x.nrrd', written)).voxels]).toEqual([...mask.voxels]);
});

test('a header in another order of fields is the same image', async () => {
  const written = Buffer.from(writeNrrd(image(Int16Array.from(values)), { encoding: 'raw' }));
  const at = written.indexOf('\n\n');
  const [first, ...fields] = written.subarray(0, at).toString().split('\n');
  const turned = Buffer.concat([Buffer.from([first, ...fields.reverse()].join('\n')), written.subarray(at)]);
  expect(await readNrrd('x.nrrd', turned)).toEqual({ voxels: Int16Array.from(values), size, indexToLps });
});
