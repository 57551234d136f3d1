import { describe, expect, test } from 'vitest';
import { chooseSegmentation, type SegmentationChoice, type SeriesRecord } from './choose-segmentation.js';

const ct: SeriesRecord = series('CT', 'ct', { files: ['a', 'b'] });

function series(modality: string, uid: string, more: Partial<SeriesRecord> = {}): SeriesRecord {
  return {
    modality,
    seriesInstanceUid: uid,
    frameOfReferenceUid: 'space',
    referencedSeriesUids: [],
    seriesDescription: `${uid} series`,
    files: [`${uid}.dcm`],
    ...more,
  };
}
const choose = (all: readonly SeriesRecord[], choice?: SegmentationChoice) => {
  const { file, by } = chooseSegmentation(all, ct, choice);
  return `${file} by ${by}`;
};

describe('choosing the segmentation of a series', () => {
  test('one that names the series wins over one that only shares the space', () => {
    const named = series('SEG', 'named', { referencedSeriesUids: ['other', 'ct'] });
    expect(choose([ct, series('SEG', 'near'), named])).toBe('named.dcm by reference');
  });

  test('without a reference the frame of reference decides', () => {
    const other = series('RTSTRUCT', 'far', { frameOfReferenceUid: 'elsewhere' });
    expect(choose([other, ct, series('RTSTRUCT', 'near')])).toBe('near.dcm by frame-of-reference');
  });

  test('several are refused with their list; modality or description narrow them', () => {
    const all = [series('SEG', 'one'), series('RTSTRUCT', 'two'), ct];
    expect(() => choose(all)).toThrow(/choose one: SEG "one series" \(series one, one\.dcm\); RTSTRUCT "two series"/);
    expect(choose(all, { modality: 'SEG' })).toBe('one.dcm by frame-of-reference');
    expect(choose(all, { seriesDescription: 'two series' })).toBe('two.dcm by frame-of-reference');
    const files = [series('SEG', 'one', { files: ['x.dcm', 'y.dcm'] })];
    expect(() => choose(files)).toThrow(/x\.dcm.*y\.dcm/);
  });

  test('none fits: the error says what there is', () => {
    expect(() => choose([ct])).toThrow(/there is no SEG and no RTSTRUCT/);
    const far = series('SEG', 'far', { frameOfReferenceUid: 'elsewhere', referencedSeriesUids: ['pet'] });
    expect(() => choose([far])).toThrow(
      /none names the series ct or has the frame of reference space; there is SEG "far series"/,
    );
    expect(() => choose([far], { modality: 'RTSTRUCT' })).toThrow(/asked for/);
  });

  test('a missing frame of reference matches nothing', () => {
    const bare = series('SEG', 'bare', { frameOfReferenceUid: undefined });
    const image = { seriesInstanceUid: 'ct', frameOfReferenceUid: undefined };
    expect(() => chooseSegmentation([bare], image)).toThrow(/No segmentation fits/);
  });
});
