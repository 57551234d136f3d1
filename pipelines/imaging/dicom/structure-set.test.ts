import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/imaging/refusal.js';
import { type RoiSpec, structureSet } from '../../../test/imaging/sample-objects.js';
import { affineFromAxes, applyAffine } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { parseDicom } from './data-set.js';
import { structureSetMask } from './structure-set.js';

const volume: Volume = {
  voxels: new Int16Array(10 * 10 * 4),
  size: [10, 10, 4],
  indexToLps: affineFromAxes([1, 0, 0], [0, 1, 0], [0, 0, 3], [100, 200, 300]),
  frameOfReferenceUid: '1.2.9',
};

/** A rectangle between two corners, given in voxel indices of slice z. */
function box(x0: number, y0: number, x1: number, y1: number, z: number): RoiSpec['contours'][number] {
  const corners = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ] as const;
  return { points: corners.flatMap(([x, y]) => [100 + x, 200 + y, 300 + 3 * z]) };
}
const read = (rois: readonly RoiSpec[], choice?: string | number, frameOfReference?: string) =>
  structureSetMask(parseDicom('rs.dcm', structureSet(rois, frameOfReference)), volume, choice);
const roi = (...contours: RoiSpec['contours']): RoiSpec => ({ number: 2, name: 'GTV-1', contours });
const slice = (voxels: Uint8Array, z: number) =>
  Array.from({ length: 10 }, (_, y) => voxels.subarray(100 * z + 10 * y, 100 * z + 10 * y + 10).join(''));
const count = (voxels: Uint8Array) => voxels.reduce((sum, v) => sum + v, 0);

describe('contours to voxels', () => {
  test('a voxel is inside when its centre is', () => {
    const { mask, findings } = read([roi(box(1.6, 2.5, 4.4, 4.5, 1))]);
    expect(mask.label).toBe('GTV-1');
    expect(findings).toEqual([]);
    expect(count(mask.voxels)).toBe(6);
    expect(slice(mask.voxels, 1).slice(2, 6)).toEqual(['0000000000', '0011100000', '0011100000', '0000000000']);
  });

  test('a contour through voxel centres counts its left and upper edge: areas add up', () => {
    expect(count(read([roi(box(1, 1, 4, 3, 0))]).mask.voxels)).toBe(6);
  });

  test.each<[string, Volume['indexToLps']]>([
    ['axial', affineFromAxes([0.9, 0, 0], [0, 0.7, 0], [0, 0, 3], [-173.123047, -201.7, 300.1])],
    ['turned', affineFromAxes([-0.9, 0, 0], [0, -0.7, 0], [0, 0, 3], [173.123047, 201.7, 300.1])],
    ['sagittal', affineFromAxes([0, 0.9, 0], [0, 0, -0.7], [-3, 0, 0], [-173.123047, -201.7, 333.33])],
  ])('so does one through the centres of a grid whose numbers are not round: %s', (_name, indexToLps) => {
    const grid = { ...volume, indexToLps };
    const diamond = [4, 1, 7, 4, 4, 7, 1, 4];
    const points = [0, 2, 4, 6].flatMap((i) =>
      [...applyAffine(indexToLps, [diamond[i] as number, diamond[i + 1] as number, 1])].map((v) =>
        Number(v.toFixed(9)),
      ),
    );
    const { mask } = structureSetMask(parseDicom('rs.dcm', structureSet([roi({ points })])), grid, undefined);
    expect(slice(mask.voxels, 1).slice(1, 8)).toEqual([
      '0000000000',
      '0001100000',
      '0011110000',
      '0111111000',
      '0011110000',
      '0001100000',
      '0000000000',
    ]);
  });

  test('contours of one ROI in several items are taken together', () => {
    const split = { ...roi(box(1.5, 1.5, 3.5, 3.5, 0)), more: [[box(5.5, 5.5, 8.5, 8.5, 0)]] };
    expect(count(read([split]).mask.voxels)).toBe(4 + 9);
  });

  test('a contour in a contour is a hole, one beside it is not', () => {
    const { mask } = read([roi(box(0.5, 0.5, 6.5, 6.5, 0), box(2.5, 2.5, 4.5, 4.5, 0), box(7.5, 7.5, 8.5, 8.5, 0))]);
    expect(count(mask.voxels)).toBe(36 - 4 + 1);
    expect(mask.voxels[3 + 10 * 3]).toBe(0);
  });

  test('a triangle', () => {
    const points = [100, 200, 300, 106.5, 200, 300, 100, 206.5, 300];
    // centres with x + y < 6.5
    expect(count(read([roi({ points })]).mask.voxels)).toBe(7 + 6 + 5 + 4 + 3 + 2 + 1);
  });

  test('slices between contours are left empty, with a finding', () => {
    const { mask, findings } = read([roi(box(1, 1, 2, 2, 0), box(1, 1, 2, 2, 3))]);
    expect(count(mask.voxels)).toBe(2);
    expect(findings.map((f) => f.code)).toEqual(['IMAGING_SLICES_WITHOUT_CONTOUR']);
    expect(findings[0]?.message).toMatch(/2 slices/);
  });

  test('points and open lines are left out, with a finding', () => {
    const point = { type: 'POINT', points: [101, 201, 300] };
    const { findings } = read([roi(box(1, 1, 2, 2, 0), point)]);
    expect(findings.map((f) => f.code)).toEqual(['IMAGING_CONTOURS_IGNORED']);
  });
});

describe('choosing a ROI', () => {
  const rois: readonly RoiSpec[] = [
    { number: 6, name: 'Lung', contours: [box(1, 1, 3, 3, 0)] },
    { number: 2, name: 'GTV-1', contours: [box(1, 1, 2, 2, 0)] },
  ];
  test('by name, by number, by a number given as text', () => {
    expect(count(read(rois, 'Lung').mask.voxels)).toBe(4);
    expect(count(read(rois, 2).mask.voxels)).toBe(1);
    expect(count(read(rois, '6').mask.voxels)).toBe(4);
  });
  test('two ROIs of one number: nobody knows whose contours are whose', () => {
    const twins = [roi(box(1, 1, 3, 3, 0)), { ...roi(box(1, 1, 2, 2, 0)), name: 'Lung' }];
    expect(refusal(() => read(twins, 'Lung')).message).toMatch(
      /ROINumber \(3006,0022\) is "2", expected a number of its own/,
    );
  });

  test('several and none chosen, or an absent one: the error lists them', () => {
    expect(refusal(() => read(rois)).message).toMatch(/several ROIs, choose one: 6 "Lung", 2 "GTV-1"/);
    const absent = refusal(() => read(rois, 'gtv'));
    expect(absent.code).toBe('RTSTRUCT_ROI_ABSENT');
    expect(absent.message).toMatch(/no ROI "gtv"; it has 6 "Lung", 2 "GTV-1"/);
  });
});

describe('contours that do not fit', () => {
  test.each<[string, string, RegExp, RoiSpec['contours'][number]]>([
    ['between two slices', 'RTSTRUCT_CONTOUR', /no slice of the image \(up to 1\.5 mm/, box(1, 1, 2, 2, 0.5)],
    ['above the image', 'MASK_OUTSIDE_IMAGE', /starts at 101 x 201 x 312/, box(1, 1, 2, 2, 4)],
    ['beside the image', 'MASK_OUTSIDE_IMAGE', /outside/, box(8, 1, 12, 2, 0)],
    ['across slices', 'RTSTRUCT_CONTOUR', /no slice/, { points: [101, 201, 300, 103, 201, 303, 101, 203, 306] }],
    ['a number short', 'RTSTRUCT_CONTOUR', /8 coordinates/, { points: [1, 2, 3, 4, 5, 6, 7, 8] }],
    ['an unknown type', 'RTSTRUCT_CONTOUR', /"SPLINE"/, { type: 'SPLINE', points: [1, 2, 3] }],
    ['too thin for any voxel', 'MASK_EMPTY', /no voxel/, box(1.2, 1.2, 1.8, 1.8, 0)],
  ])('%s', (_name, code, message, contour) => {
    const error = refusal(() => read([roi(contour)]));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('another frame of reference; a ROI without contours; no ROI', () => {
    expect(refusal(() => read([roi(box(1, 1, 2, 2, 0))], undefined, '1.2.8')).code).toBe('FRAME_OF_REFERENCE_DIFFERS');
    expect(refusal(() => read([roi()])).message).toBe('rs.dcm: ROI "GTV-1" has no closed contour');
    const point = roi({ type: 'POINT', points: [101, 201, 300] });
    expect(refusal(() => read([point])).message).toMatch(/no closed contour: its 1 contour\(s\) enclose no area/);
    expect(refusal(() => read([])).code).toBe('RTSTRUCT_ROI_NOT_CHOSEN');
  });
});
