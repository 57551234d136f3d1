import { describe, expect, test } from 'vitest';
import { type Element, element } from '../../../test/imaging/dicom-bytes.js';
import { refusal } from '../../../test/imaging/refusal.js';
import { packBits, type SegFrame, type SegOptions, segmentation } from '../../../test/imaging/sample-objects.js';
import { affineFromAxes } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import { parseDicom } from './data-set.js';
import { segmentationMask } from './segmentation-mask.js';

/** 4 x 3 x 3 voxels, the slices from z = 30 up named 1.2.3.0, 1.2.3.1, 1.2.3.2. */
const volume: Volume = {
  voxels: new Int16Array(36),
  size: [4, 3, 3],
  indexToLps: affineFromAxes([0.75, 0, 0], [0, 0.5, 0], [0, 0, 2], [10, 20, 30]),
  frameOfReferenceUid: '1.2.9',
  dicom: { seriesInstanceUid: '1.2.3', sliceUids: ['1.2.3.0', '1.2.3.1', '1.2.3.2'] },
};
const pixel = (i: number) => Array.from({ length: 12 }, (_, p) => (p === i ? 1 : 0));
const frame = (z: number, i: number): SegFrame => ({ position: [10, 20, z], values: pixel(i) });
const position = (z: number) => element('00209113', 'SQ', [[element('00200032', 'DS', `10\\20\\${z}`)]]);
const orientation = element('00209116', 'SQ', [[element('00200037', 'DS', '1\\0\\0\\0\\1\\0')]]);
const measures = element('00289110', 'SQ', [[element('00280030', 'DS', '0.5\\0.75')]]);
const number = (n: number) => element('0062000A', 'SQ', [[element('0062000B', 'US', [n])]]);
const source = (uid: string) =>
  element('00089124', 'SQ', [[element('00082112', 'SQ', [[element('00081155', 'UI', uid)]])]]);
const groups = (shared: readonly Element[], ...perFrame: readonly (readonly Element[])[]): Element[] => [
  element('52009229', 'SQ', [shared]),
  element('52009230', 'SQ', perFrame),
];
const read = (options: SegOptions, choice?: string | number, image = volume) => {
  const { mask, findings } = segmentationMask(parseDicom('seg.dcm', segmentation(options)), image, choice);
  return { inside: [...mask.voxels.keys()].filter((i) => mask.voxels[i] === 1), findings, label: mask.label };
};
/** Pixel 1 of the slice at z = 34 and pixel 2 of the one at z = 30: stored from the top, as early programs did. */
const frames = [frame(34, 1), frame(30, 2)];
const expected = [2, 24 + 1];

describe('a segmentation that is as the standard says', () => {
  test.each<[string, Element[]]>([
    ['segment number shared', groups([orientation, measures, number(1)], [position(34)], [position(30)])],
    ['segment number per frame', groups([orientation, measures], [position(34), number(1)], [position(30), number(1)])],
    [
      'everything per frame',
      groups([], [position(34), orientation, measures, number(1)], [position(30), orientation, measures, number(1)]),
    ],
  ])('%s: no finding', (_name, extra) => {
    const { inside, findings } = read({ frames, extra });
    expect(inside).toEqual(expected);
    expect(findings).toEqual([]);
  });
});

describe('what early programs left out is taken from where it is said, with a finding', () => {
  test.each<[string, RegExp, Partial<SegOptions>]>([
    [
      'no segment number at all, one segment',
      /frames name no segment; they were taken for its only one, 1 "Tumour"/,
      { extra: groups([orientation, measures], [position(34)], [position(30)]) },
    ],
    [
      'a segment number that is not described, one segment',
      /frames name segment 1; .* only one, 0 "Tumour"/,
      { extra: [element('00620002', 'SQ', [[element('00620004', 'US', [0]), element('00620005', 'LO', 'Tumour')]])] },
    ],
    [
      'orientation and spacing in the data set',
      /ImageOrientationPatient is not in the functional groups but in the data set; PixelSpacing is not/,
      {
        extra: [
          ...groups([number(1)], [position(34)], [position(30)]),
          element('00200037', 'DS', '1\\0\\0\\0\\1\\0'),
          element('00280030', 'DS', '0.5\\0.75'),
        ],
      },
    ],
    [
      'no position, the source slice named',
      /frames without a position lie on the slices they name/,
      { extra: groups([orientation, measures, number(1)], [source('1.2.3.2')], [source('1.2.3.0')]) },
    ],
    [
      'nothing but the source slice',
      /frames without a position/,
      { extra: groups([number(1)], [source('1.2.3.2')], [source('1.2.3.0')]) },
    ],
    [
      'a number of frames that is too small',
      /NumberOfFrames is 1, while 2 frames/,
      { extra: [element('00280008', 'IS', '1')] },
    ],
    [
      'a number of frames that is too large',
      /NumberOfFrames is 3, while 2 frames/,
      { extra: [element('00280008', 'IS', '3')] },
    ],
  ])('%s', (_name, message, options) => {
    const { inside, findings, label } = read({ frames, ...options });
    expect(inside).toEqual(expected);
    expect(label).toBe('Tumour');
    expect(findings.map((f) => f.code)).toEqual(['IMAGING_SEGMENTATION_REPAIRED']);
    expect(findings[0]?.message).toMatch(message);
  });

  test('no number of frames: those that are described', () => {
    expect(read({ frames, extra: [element('00280008', 'IS', '')] }).inside).toEqual(expected);
  });

  test('segment 0 beside others is a segment, except in a label map', () => {
    const segments = (...numbers: readonly number[]) =>
      element(
        '00620002',
        'SQ',
        numbers.map((n) => [element('00620004', 'US', [n]), element('00620005', 'LO', `s${n}`)]),
      );
    const perFrame = groups([orientation, measures], [position(34), number(0)], [position(30), number(1)]);
    expect(read({ frames, extra: [segments(0, 1), ...perFrame] }, 0).inside).toEqual([25]);
    expect(read({ frames, extra: [segments(0, 1), ...perFrame] }, 's1').inside).toEqual([2]);
    const map = { type: 'LABELMAP' as const, frames, extra: [segments(0, 1)] };
    expect(read(map).inside).toEqual(expected);
    expect(refusal(() => read(map, 0)).code).toBe('SEG_SEGMENT_ABSENT');
  });

  test('one frame per slice, most of them empty, dimension indices missing', () => {
    const all = [frame(34, 1), { position: [10, 20, 32] as const, values: pixel(-1) }, frame(30, 2)];
    expect(read({ frames: all })).toMatchObject({ inside: expected, findings: [] });
  });

  test('the same plane twice: what either frame marks is inside', () => {
    expect(read({ frames: [...frames, frame(34, 5)] }).inside).toEqual([2, 25, 29]);
  });
});

describe('what cannot be placed is refused', () => {
  test.each<[string, string, Partial<SegOptions>, Volume?]>([
    [
      'no position and no source',
      'PlanePositionSequence',
      { extra: groups([orientation, measures, number(1)], [], []) },
    ],
    [
      'a source that is not in the image',
      'PlanePositionSequence',
      { extra: groups([number(1)], [source('1.2.3.7')], [source('1.2.3.0')]) },
    ],
    [
      'a source slice of another size',
      'PlanePositionSequence',
      {
        rows: 2,
        columns: 6,
        extra: groups([number(1)], [source('1.2.3.2')], [source('1.2.3.0')]),
      },
    ],
    [
      'a source, but the image is not from DICOM files',
      'PlanePositionSequence',
      { extra: groups([number(1)], [source('1.2.3.2')], [source('1.2.3.0')]) },
      { voxels: volume.voxels, size: volume.size, indexToLps: volume.indexToLps, frameOfReferenceUid: '1.2.9' },
    ],
    [
      'no orientation anywhere',
      'PlaneOrientationSequence',
      { extra: groups([measures], [position(34)], [position(30)]) },
    ],
    ['no spacing anywhere', 'PixelMeasuresSequence', { extra: groups([orientation], [position(34)], [position(30)]) }],
    [
      'no segment number and two segments',
      'SegmentIdentificationSequence',
      { segments: ['a', 'b'], extra: groups([orientation, measures], [position(34)], [position(30)]) },
    ],
  ])('%s', (_name, tag, options, image) => {
    const error = refusal(() => read({ frames, ...options }, 1, image));
    expect(error.code).toBe('DICOM_TAG_MISSING');
    expect(error.message).toContain(tag);
  });

  test('a number of frames that neither fits the described frames nor the pixels', () => {
    const pixels = element('7FE00010', 'OB', packBits([...pixel(1), ...pixel(2), ...pixel(3)]));
    const error = refusal(() => read({ frames, extra: [element('00280008', 'IS', '4'), pixels] }));
    expect(error.code).toBe('DICOM_TAG_INVALID');
    expect(error.message).toMatch(/NumberOfFrames .* is "4", expected 2, the frames that are described/);
  });
});
