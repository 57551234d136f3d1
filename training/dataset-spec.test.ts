import { describe, expect, test } from 'vitest';
import { datasetSpecFor, parseModalities } from './index.js';
import { syntheticGroups } from './test/synthetic-dataset.js';

describe('modalities', () => {
  test.each([
    ['genomic,clinical,imaging', ['genomic', 'clinical', 'imaging']],
    ['genomic-clinical', ['genomic', 'clinical']],
    ['imaging, genomic', ['genomic', 'imaging']],
    ['clinical', ['clinical']],
  ])('%s', (text, expected) => {
    expect(parseModalities(text)).toEqual(expected);
  });
  test.each([
    ['genomics', '"genomics" is no modality'],
    ['', '"" is no modality'],
    ['genomic,genomic', '"genomic" is no modality'],
  ])('"%s" is refused', (text, message) => {
    expect(() => parseModalities(text)).toThrow(message);
  });
});

describe('what is joined', () => {
  const outcome = { group: 'clinical', timeDays: 'survival_time_days', event: 'survival_event' };

  test('default: everybody in any asked group, no column by name, outcome from clinical even when it is not asked for', () => {
    expect(datasetSpecFor(['genomic', 'imaging'], 'default', syntheticGroups)).toEqual({
      groups: [
        { name: 'genomic', version: 1 },
        { name: 'imaging', version: 1 },
      ],
      join: 'full',
      outcome,
    });
  });

  test('reference: left join, with the time to death and all one-hots, without the label, dates and raw categories', () => {
    const spec = datasetSpecFor(['genomic', 'clinical'], 'reference', syntheticGroups);
    expect(spec.join).toBe('left');
    expect(spec.allow).toEqual(
      ['TimetoDeathdays', 'Recurrence_yes', 'Recurrence_Notcollected'].map((feature) => ({
        group: 'clinical',
        feature,
      })),
    );
  });

  test('what is missing is named', () => {
    const [genomic] = syntheticGroups;
    expect(() => datasetSpecFor(['genomic'], 'default', genomic ? [genomic] : [])).toThrow(
      'The store has no group "clinical", which this training needs; it has genomic',
    );
    expect(() => datasetSpecFor(['clinical'], 'reference', syntheticGroups)).toThrow(
      'The reference recipe joins onto the genomic group, but the modalities are clinical',
    );
    const bare = syntheticGroups.map((group) => ({ ...group, definitions: [] }));
    expect(() => datasetSpecFor(['genomic'], 'default', bare)).toThrow(
      'The group "clinical" has no numeric column "survival_time_days"',
    );
  });
});
