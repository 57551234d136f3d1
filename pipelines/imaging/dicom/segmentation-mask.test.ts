import { describe, expect, test } from 'vitest';
import { element } from '../../../test/imaging/dicom-bytes.js';
import { refusal } from '../../../test/imaging/refusal.js';
import { type SegOptions, segmentation } from '../../../test/imaging/sample-objects.js';
import { type Affine, affineFromAxes } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { parseDicom } from './data-set.js';
import { segmentationMask } from './segmentation-mask.js';

/** The grid of the sample slices: 4 x 3 voxels of 0.75 x 0.5 mm, slices 2 mm apart. */
const grid = affineFromAxes([0.75, 0, 0], [0, 0.5, 0], [0, 0, 2], [10, 20, 30]);

function volumeOf(size: Volume['size'] = [4, 3, 3], indexToLps: Affine = grid): Volume {
  return { voxels: new Int16Array(size[0] * size[1] * size[2]), size, indexToLps, frameOfReferenceUid: '1.2.9' };
}
const read = (options: SegOptions, choice?: string | number, volume = volumeOf()) =>
  segmentationMask(parseDicom('seg.dcm', segmentation(options)), volume, choice);

/** Indices x, y, z of the voxels inside. */
function inside({ voxels, size }: Pick<Volume, 'size'> & { readonly voxels: Uint8Array }): string[] {
  return [...voxels.keys()]
    .filter((i) => voxels[i] === 1)
    .map((i) => `${i % size[0]},${Math.floor(i / size[0]) % size[1]},${Math.floor(i / (size[0] * size[1]))}`);
}
const frame = (z: number, set: readonly (readonly [c: number, r: number, v?: number])[], columns = 4, rows = 3) => {
  const values = new Array<number>(columns * rows).fill(0);
  for (const [c, r, v] of set) values[r * columns + c] = v ?? 1;
  return { position: [10, 20, z] as const, values };
};
describe('frames on the grid of the image', () => {
  test('are placed by position, not by order; 12 bit frames run on without padding', () => {
    const { mask, findings } = read({
      frames: [
        frame(34, [[3, 2]]),
        frame(30, [
          [0, 0],
          [1, 0],
        ]),
      ],
    });
    expect(inside(mask)).toEqual(['0,0,0', '1,0,0', '3,2,2']);
    expect(mask.label).toBe('Tumour');
    expect(findings).toEqual([]);
  });

  test('a rounded position fits', () => {
    expect(inside(read({ frames: [frame(32.008, [[1, 1]])] }).mask)).toEqual(['1,1,1']);
  });

  test('rows and columns may run the other way', () => {
    // first pixel at voxel 3, 2: both directions turned round
    const turned = {
      ...frame(30, [
        [0, 0],
        [1, 0],
      ]),
      position: [12.25, 21, 30] as const,
    };
    expect(inside(read({ orientation: '-1\\0\\0\\0\\-1\\0', frames: [turned] }).mask)).toEqual(['2,2,0', '3,2,0']);
  });

  test('rows and columns may be exchanged', () => {
    const swapped = {
      ...frame(
        30,
        [
          [1, 0],
          [0, 3],
        ],
        3,
        4,
      ),
      position: [10, 20, 30] as const,
    };
    const options = { rows: 4, columns: 3, orientation: '0\\1\\0\\1\\0\\0', spacing: '0.75\\0.5', frames: [swapped] };
    expect(inside(read(options).mask)).toEqual(['3,0,0', '0,1,0']);
  });

  test('a coronal segmentation of an axial image', () => {
    const coronal = {
      ...frame(0, [
        [0, 0],
        [2, 2],
      ]),
      position: [10, 20.5, 34] as const,
    };
    const options = { orientation: '1\\0\\0\\0\\0\\-1', spacing: '2\\0.75', frames: [coronal] };
    expect(inside(read(options).mask)).toEqual(['2,1,0', '0,1,2']);
  });

  test('frames smaller than the image lie where they say', () => {
    const part = { position: [10.75, 20.5, 32] as const, values: [1, 0, 0, 1] };
    expect(inside(read({ rows: 2, columns: 2, frames: [part] }).mask)).toEqual(['1,1,1', '2,2,1']);
  });

  test('a segment with pixels outside the image is refused, empty frames outside are not', () => {
    const error = refusal(() => read({ frames: [frame(30, [[0, 0]]), frame(36, [[0, 0]])] }));
    expect(error.code).toBe('MASK_OUTSIDE_IMAGE');
    expect(error.message).toMatch(/frame 2 .* voxel 0, 0, 3 of 4 x 3 x 3/);
    expect(inside(read({ frames: [frame(30, [[0, 0]]), frame(36, [])] }).mask)).toEqual(['0,0,0']);
  });
});

describe('kinds of segmentation', () => {
  test('fractional: at least half of the maximum is inside', () => {
    const frames = [
      frame(30, [
        [0, 0, 49],
        [1, 0, 50],
        [2, 0, 100],
      ]),
    ];
    expect(inside(read({ type: 'FRACTIONAL', maximum: 100, frames }).mask)).toEqual(['1,0,0', '2,0,0']);
  });

  test('label map: the value is the segment number', () => {
    const frames = [
      frame(30, [
        [0, 0, 1],
        [1, 0, 2],
        [2, 0, 5],
      ]),
    ];
    const options = { type: 'LABELMAP' as const, segments: ['one', 'two'], frames };
    expect(inside(read(options, 2).mask)).toEqual(['1,0,0']);
  });

  test('an unknown type, a maximum of 0, a binary one with 8 bits', () => {
    const frames = [frame(30, [[0, 0]])];
    const refused = (extra: SegOptions['extra'], type: SegOptions['type'] = 'BINARY') =>
      refusal(() => read({ type, frames, extra: extra ?? [] })).message;
    expect(refused([element('00620001', 'CS', 'VECTOR')])).toMatch(/SegmentationType .*"VECTOR", expected BINARY/);
    expect(refused([element('0062000E', 'US', [0])], 'FRACTIONAL')).toMatch(/MaximumFractionalValue/);
    const eightBits = [
      element('00280100', 'US', [8]),
      element('00280101', 'US', [8]),
      element('00280102', 'US', [7]),
      element('7FE00010', 'OB', new Uint8Array(12)),
    ];
    expect(refused(eightBits)).toMatch(/BitsAllocated .*"8", expected 1 \(BINARY\)/);
  });
});

describe('choosing a segment', () => {
  const frames = [
    {
      ...frame(30, [
        [0, 0],
        [1, 1],
      ]),
      segment: 1,
    },
    { ...frame(30, [[1, 1]]), segment: 2 },
  ];
  const options: SegOptions = { segments: ['GTV', 'Lung'], frames };

  test('by number, by label, by a number given as text; segments may overlap', () => {
    expect(inside(read(options, 1).mask)).toEqual(['0,0,0', '1,1,0']);
    expect(inside(read(options, 'Lung').mask)).toEqual(['1,1,0']);
    expect(inside(read(options, '2').mask)).toEqual(['1,1,0']);
  });

  test('several and none chosen, or an absent one: the error lists them', () => {
    expect(refusal(() => read(options)).message).toMatch(/several segments, choose one: 1 "GTV", 2 "Lung"/);
    expect(refusal(() => read(options, 'Heart')).message).toMatch(/no segment "Heart"; it has 1 "GTV", 2 "Lung"/);
    expect(refusal(() => read(options, 3)).code).toBe('SEG_SEGMENT_ABSENT');
    expect(refusal(() => read({ ...options, segments: ['GTV', 'GTV'] }, 'GTV')).code).toBe('SEG_SEGMENT_NOT_CHOSEN');
  });

  test('a segment without frames, or with empty ones, is empty', () => {
    expect(refusal(() => read({ ...options, segments: ['GTV', 'Lung', 'Heart'] }, 3)).code).toBe('MASK_EMPTY');
    expect(refusal(() => read({ frames: [frame(30, [])] })).code).toBe('MASK_EMPTY');
  });
});

describe('frame of reference', () => {
  test('another one is refused with both UIDs', () => {
    const error = refusal(() => read({ frameOfReference: '1.2.77', frames: [frame(30, [[0, 0]])] }));
    expect(error.code).toBe('FRAME_OF_REFERENCE_DIFFERS');
    expect(error.message).toMatch(/1\.2\.77.*1\.2\.9/);
  });

  test('an image without one is placed by coordinates, with a finding', () => {
    const { frameOfReferenceUid: _, ...volume } = volumeOf();
    const { findings } = read({ frames: [frame(30, [[0, 0]])] }, undefined, volume);
    expect(findings.map((f) => f.code)).toEqual(['IMAGING_FRAME_OF_REFERENCE_UNKNOWN']);
  });
});

describe('another grid in the same space', () => {
  const coarse: SegOptions = {
    rows: 2,
    columns: 2,
    spacing: '1\\1.5',
    between: '4',
    frames: [{ position: [10.375, 20.25, 31], values: [0, 1, 0, 0] }],
  };

  test('is resampled by nearest neighbour, with a finding', () => {
    // pixel 1, 0 covers x 11.125 to 12.625, y 19.75 to 20.75, z 29 to 33: voxel centres x 11.5, 12.25; y 20, 20.5; z 30, 32
    const { mask, findings } = read(coarse, undefined, volumeOf([4, 4, 3]));
    expect(inside(mask)).toEqual(['2,0,0', '3,0,0', '2,1,0', '3,1,0', '2,0,1', '3,0,1', '2,1,1', '3,1,1']);
    expect(findings.map((f) => f.code)).toEqual(['IMAGING_SEGMENTATION_RESAMPLED']);
    expect(findings[0]?.message).toMatch(/1\.5 x 1 x 4 mm/);
  });

  test('missing planes stay empty', () => {
    const frames = [frame(31, [[0, 0]]), frame(35, [[0, 0]])];
    const { mask } = read({ between: '2', frames }, undefined, volumeOf([4, 3, 4]));
    // frames at 31 and 35 reach from 30 to 32 and from 34 to 36; the upper end belongs to the next plane
    expect(inside(mask)).toEqual(['0,0,0', '0,0,2']);
  });

  test('oblique, uneven or outside: refused', () => {
    const oblique = '0.8\\0.6\\0\\-0.6\\0.8\\0';
    expect(refusal(() => read({ ...coarse, orientation: oblique })).message).toMatch(/oblique/);
    const uneven = [frame(30.5, [[0, 0]]), frame(32.5, [[0, 0]]), frame(33.7, [[0, 0]])];
    expect(refusal(() => read({ frames: uneven })).message).toMatch(/even grid/);
    const away = [{ position: [110, 20.25, 31] as const, values: [0, 1, 0, 0] }];
    expect(refusal(() => read({ ...coarse, frames: away })).code).toBe('MASK_OUTSIDE_IMAGE');
  });
});

describe('a damaged segmentation', () => {
  const frames = [frame(30, [[0, 0]]), frame(32, [[0, 0]])];
  test.each([
    ['fewer bits than frames need', element('7FE00010', 'OB', new Uint8Array([1, 1])), 'DICOM_TRUNCATED'],
    ['a number of frames that is none', element('00280008', 'IS', '1.5'), 'DICOM_TAG_INVALID'],
    ['no functional groups', element('52009229', 'SQ', []), 'DICOM_TAG_MISSING'],
    ['no segments', element('00620002', 'SQ', []), 'DICOM_TAG_MISSING'],
    ['no type', element('00620001', 'CS', ''), 'DICOM_TAG_MISSING'],
  ])('%s', (_name, extra, code) => {
    expect(refusal(() => read({ frames, extra: [extra] })).code).toBe(code);
  });
});
