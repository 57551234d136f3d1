import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ctSlice, segmentation, structureSet } from '../../../test/imaging/sample-objects.js';
import { ImagingError } from '../errors.js';
import { writeNifti } from '../nifti/write-nifti.js';
import type { Volume } from '../volume/volume.js';
import { openImage } from './open-image.js';
import { readSegmentation } from './open-mask.js';

const folder = mkdtempSync(join(tmpdir(), 'damaged-'));
afterAll(() => rmSync(folder, { recursive: true }));

const volume: Volume = {
  voxels: new Int16Array(24),
  size: [4, 3, 2],
  indexToLps: [0.75, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1],
  frameOfReferenceUid: '1.2.9',
};
const square = [0, 0, 0, 1, 0, 0, 1, 0.6, 0, 0, 0.6, 0];
const nrrd = Buffer.concat([
  Buffer.from(
    'NRRD0004\ntype: short\ndimension: 3\nspace: LPS\nsizes: 4 3 2\nspace directions: (0.75,0,0) (0,0.5,0) (0,0,2)\n',
  ),
  Buffer.from('endian: little\nencoding: raw\nspace origin: (0,0,0)\n\n'),
  Buffer.alloc(48, 1),
]);
const samples: readonly (readonly [string, Uint8Array])[] = [
  ['CT slice', ctSlice()],
  ['CT slice, implicit VR', ctSlice({ syntax: '1.2.840.10008.1.2' })],
  ['segmentation', segmentation({ frames: [{ position: [0, 0, 0], values: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }] })],
  ['structure set', structureSet([{ number: 3, name: 'GTV', contours: [{ points: square }] }])],
  ['NIfTI', writeNifti({ ...volume, voxels: new Int16Array(24).fill(1) }, { gzip: false })],
  ['zipped NIfTI', writeNifti(volume)],
  ['NRRD', nrrd],
];

/** A few bytes overwritten, then maybe cut. */
function damaged(
  bytes: Uint8Array,
  places: readonly (readonly [at: number, value: number])[],
  keep: number,
): Uint8Array {
  const out = Uint8Array.from(bytes);
  for (const [at, value] of places) out[Math.floor(at * out.length)] = value;
  return out.subarray(0, Math.ceil(keep * out.length));
}

describe('a damaged file is read or refused in one sentence, never anything else', () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const places = fc.array(fc.tuple(unit, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  const keep = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: unit });

  test.each(samples)('%s', async (name, bytes) => {
    const path = join(folder, name);
    await fc.assert(
      fc.asyncProperty(places, keep, async (changes, part) => {
        writeFileSync(path, damaged(bytes, changes, part));
        for (const read of [() => openImage(path), () => readSegmentation(path, volume)]) {
          try {
            await read();
          } catch (error) {
            if (!(error instanceof ImagingError)) throw error;
            expect(error.message).not.toMatch(/\n|Secret/);
          }
        }
      }),
      { seed: 20261123, numRuns: 60 },
    );
  });
});
