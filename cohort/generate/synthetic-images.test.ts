import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import dicomParser, { type DataSet } from 'dicom-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correlation } from '../../test/cohort/correlation.js';
import type { CohortIndex, DicomSeries } from '../indexing/cohort-index.js';
import { indexCohort } from '../indexing/index-cohort.js';
import { type GeneratedCohort, generateCohort } from './generate-cohort.js';

let scratch: string;
let cohort: GeneratedCohort;
let index: CohortIndex;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thoracle-images-'));
  cohort = await generateCohort({ patients: 26, seed: 11, out: join(scratch, 'cohort') });
  index = await indexCohort(cohort.out);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const open = async (path: string): Promise<DataSet> => dicomParser.parseDicom(await readFile(join(cohort.out, path)));

/** The slices of a patient's CT by ascending z, as data sets. */
async function slicesOf(series: DicomSeries): Promise<DataSet[]> {
  const slices = await Promise.all(series.files.map((file) => open(file.path)));
  return slices.sort((a, b) => z(a) - z(b));
}
const z = (slice: DataSet): number => Number(slice.floatString('x00200032', 2));
const seriesOf = (patientId: string, modality: string) =>
  index.series.find((s) => s.patientId === patientId && s.modality === modality) as DicomSeries;

/** The SEG's voxels, unpacked bit by bit and put on the CT slice of the same z; x fastest, then y, then slice. */
async function segMask(patientId: string): Promise<{ mask: Uint8Array; slices: DataSet[]; frames: number[] }> {
  const slices = await slicesOf(seriesOf(patientId, 'CT'));
  const seg = await open(seriesOf(patientId, 'SEG').files[0]?.path ?? '');
  const size = (seg.uint16('x00280010') as number) * (seg.uint16('x00280011') as number);
  const bits = seg.elements.x7fe00010?.dataOffset as number;
  const mask = new Uint8Array(size * slices.length);
  const frames: number[] = [];
  for (const [f, item] of (seg.elements.x52009230?.items ?? []).entries()) {
    const plane = item.dataSet?.elements.x00209113?.items?.[0]?.dataSet as DataSet;
    const k = slices.findIndex((slice) => Math.abs(z(slice) - z(plane)) < 1e-6);
    frames.push(k);
    for (let i = 0; i < size; i++) {
      const bit = f * size + i;
      mask[k * size + i] = ((seg.byteArray[bits + (bit >> 3)] as number) >> (bit & 7)) & 1;
    }
  }
  expect(frames.length).toBe(Number(seg.string('x00280008')));
  return { mask, slices, frames };
}

/** Voxel centres inside the RTSTRUCT's polygons by the even-odd rule, same order as `segMask`. */
async function contourMask(patientId: string, slices: readonly DataSet[]): Promise<Uint8Array> {
  const set = await open(seriesOf(patientId, 'RTSTRUCT').files[0]?.path ?? '');
  const first = slices[0] as DataSet;
  const [ny, nx] = [first.uint16('x00280010') as number, first.uint16('x00280011') as number];
  const mask = new Uint8Array(nx * ny * slices.length);
  const [x0, y0] = [Number(first.floatString('x00200032', 0)), Number(first.floatString('x00200032', 1))];
  const [sy, sx] = [Number(first.floatString('x00280030', 0)), Number(first.floatString('x00280030', 1))];
  const roi = set.elements.x30060039?.items?.[0]?.dataSet as DataSet;
  for (const { dataSet } of roi.elements.x30060040?.items ?? []) {
    const numbers = (dataSet?.string('x30060050') ?? '').split('\\').map(Number);
    const points = Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(i * 3, i * 3 + 3));
    const k = slices.findIndex((slice) => Math.abs(z(slice) - (points[0]?.[2] as number)) < 1e-6);
    for (let i = 0; i < nx * ny; i++) {
      const at = k * nx * ny + i;
      if (inside(points, x0 + (i % nx) * sx, y0 + Math.floor(i / nx) * sy)) mask[at] = 1 - (mask[at] as number);
    }
  }
  return mask;
}

function inside(points: readonly (readonly number[])[], x: number, y: number): boolean {
  let result = false;
  for (const [i, a] of points.entries()) {
    const b = points[(i + 1) % points.length] as readonly number[];
    const [ax, ay, bx, by] = [a[0] as number, a[1] as number, b[0] as number, b[1] as number];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) result = !result;
  }
  return result;
}

describe('images', () => {
  test('CT: even slices, HU from air to bone, slice order not told by names', async () => {
    const series = seriesOf('R01-SYNTHETIC-002', 'CT');
    const slices = await slicesOf(series);
    const gaps = slices.slice(1).map((slice, i) => z(slice) - z(slices[i] as DataSet));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1e-6);
    const values = slices.flatMap((slice) => {
      const { dataOffset, length } = slice.elements.x7fe00010 as { dataOffset: number; length: number };
      const read = slice.uint16('x00280103') === 1 ? slice.byteArrayParser.readInt16 : slice.byteArrayParser.readUint16;
      const intercept = Number(slice.floatString('x00281052'));
      return Array.from({ length: length / 2 }, (_, i) => read(slice.byteArray, dataOffset + 2 * i) + intercept);
    });
    expect(values.reduce((low, v) => Math.min(low, v))).toBeLessThan(-990);
    expect(values.reduce((high, v) => Math.max(high, v))).toBeGreaterThan(300);
    const byName = await Promise.all(series.files.map((file) => open(file.path)));
    expect(
      Math.abs(
        correlation(
          byName.map((_, i) => i),
          byName.map(z),
        ),
      ),
    ).toBeLessThan(0.7);
    expect(slices.every((slice) => slice.string('x00100010') === 'SYNTHETIC^R01-SYNTHETIC-002')).toBe(true);
  });

  test('SEG: bits read back by another parser give exactly the contours of the RTSTRUCT', async () => {
    const both = index.patients.filter(
      ({ patientId }) => seriesOf(patientId, 'SEG') && seriesOf(patientId, 'RTSTRUCT'),
    );
    expect(both.map((p) => p.patientId)).toEqual(['R01-SYNTHETIC-005', 'R01-SYNTHETIC-024']);
    for (const { patientId } of both) {
      const { mask, slices } = await segMask(patientId);
      const voxels = mask.reduce((sum, v) => sum + v, 0);
      expect(voxels).toBeGreaterThan(20);
      expect(Buffer.compare(Buffer.from(mask), Buffer.from(await contourMask(patientId, slices)))).toBe(0);
    }
  });

  test('SEG: some hold every slice, some only those with tumour, frames in either order', async () => {
    const every = await segMask('R01-SYNTHETIC-003');
    expect(every.frames).toEqual(every.slices.map((_, k) => k));
    const some = await segMask('R01-SYNTHETIC-002');
    expect(some.frames.length).toBeLessThan(some.slices.length);
    expect(some.frames).toEqual([...some.frames].sort((a, b) => b - a));
  });

  test('the tumour grows with the imaging factor', async () => {
    const truth: Record<string, string>[] = parse(await readFile(join(cohort.out, cohort.truthFile)), {
      columns: true,
    });
    const factorOf = new Map(truth.map((row) => [Object.values(row)[0] as string, row]));
    const drawn = index.series.filter((s) => s.modality === 'SEG').map((s) => s.patientId);
    const volumes = await Promise.all(
      drawn.map(async (id) => Math.log((await segMask(id)).mask.reduce((sum, v) => sum + v, 0))),
    );
    const imaging = drawn.map((id) => Number(factorOf.get(id)?.imaging_factor));
    expect(correlation(volumes, imaging)).toBeGreaterThan(0.8);
  });
});
