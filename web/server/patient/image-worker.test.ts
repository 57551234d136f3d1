import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { readImage } from './image-worker.js';

/** Every so many-th slice is looked at, in every so many-th row and column. */
const [sliceStep, pixelStep] = [33, 100];

describe.skipIf(!hasSharedData)(`a real CT for a browser ${needsSharedData}`, () => {
  test('large volumes are sent as means of blocks, which lie where the files say', async () => {
    const folder = sharedData('nsclc-radiomics-lung1-001');
    const names = await readdir(join(folder, 'image'));
    const ctFiles = names.map((name) => join(folder, 'image', name));
    const answer = await readImage({
      ctFiles,
      segmentationFile: join(folder, 'mask_rtstruct', '1-1.dcm'),
      region: 'GTV-1',
    });
    if (!answer.ok) throw new Error(answer.message);
    const { image } = answer;
    expect(image).toMatchObject({ size: [512, 512, 134], reducedBy: [2, 1, 1], region: { label: 'GTV-1' } });
    const file = gunzipSync(image.volume);
    const [nx = 0, ny = 0] = [0, 1, 2].map((i) => file.readInt16LE(42 + 2 * i));
    const srow = (row: number) => [0, 1, 2, 3].map((c) => file.readFloatLE(280 + 16 * row + 4 * c));
    const [sx = [], sy = [], sz = []] = [srow(0), srow(1), srow(2)];
    let compared = 0;
    for (const path of ctFiles.filter((_, i) => i % sliceStep === 0)) {
      const slice = await sliceOf(path);
      const k = Math.round((slice.z - (sz[3] ?? 0)) / (sz[2] ?? 1));
      for (let row = 0; row < 512; row += pixelStep) {
        for (let column = 0; column < 512; column += pixelStep) {
          // Two voxels of a row are one; from left and back of DICOM to right and front of NIfTI.
          const middle = slice.x + (column + 0.5) * slice.columnMm;
          const i = Math.round((-middle - (sx[3] ?? 0)) / (sx[0] ?? 1));
          const j = Math.round((-(slice.y + row * slice.rowMm) - (sy[3] ?? 0)) / (sy[1] ?? 1));
          expect((sx[0] ?? 0) * i + (sx[3] ?? 0)).toBeCloseTo(-middle, 3);
          const sent = file.readInt16LE(352 + 2 * (i + nx * (j + ny * k)));
          const mean = (slice.hu(row, column) + slice.hu(row, column + 1)) / 2;
          expect(Math.abs(sent - mean)).toBeLessThanOrEqual(0.5);
          compared++;
        }
      }
    }
    expect(compared).toBe(5 * 6 * 6);
  });

  test('a file that is no segmentation is a reason, and the CT is there all the same', async () => {
    const folder = sharedData('nsclc-radiomics-lung1-001');
    const names = (await readdir(join(folder, 'image'))).slice(0, 3);
    const ctFiles = names.map((name) => join(folder, 'image', name));
    const answer = await readImage({ ctFiles, segmentationFile: ctFiles[0] as string });
    if (!answer.ok) throw new Error(answer.message);
    expect(answer.image).toMatchObject({ region: null, mask: null, pictures: [], slices: 3 });
    expect(answer.image.regionReason).toMatch(/SEG|RTSTRUCT/);
    expect(await readImage({ ctFiles: [join(folder, 'LICENSE')] })).toMatchObject({ ok: false });
  });
});

/** Place and HU of one file, by its header as it stands. */
async function sliceOf(path: string) {
  const bytes = await readFile(path);
  const data = dicomParser.parseDicom(new Uint8Array(bytes));
  const numbers = (tag: string) => (data.string(tag) ?? '').split('\\').map(Number);
  const [x = 0, y = 0, z = 0] = numbers('x00200032');
  const [rowMm = 1, columnMm = 1] = numbers('x00280030');
  const [slope = 1, intercept = 0] = [numbers('x00281053')[0], numbers('x00281052')[0]];
  const start = data.elements.x7fe00010?.dataOffset ?? 0;
  const columns = data.uint16('x00280011') ?? 0;
  const isSigned = data.uint16('x00280103') === 1;
  const hu = (row: number, column: number) => {
    const at = start + 2 * (column + row * columns);
    return (isSigned ? bytes.readInt16LE(at) : bytes.readUInt16LE(at)) * slope + intercept;
  };
  return { x, y, z, rowMm, columnMm, hu };
}
