import { describe, expect, test } from 'vitest';
import { clinicalCodebook, clinicalGroup } from './index.js';

describe('clinical group', () => {
  const { definitions } = clinicalGroup();

  test('names are valid for the store and differ by more than case', () => {
    for (const { name } of definitions) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(new Set(definitions.map(({ name }) => name.toLowerCase())).size).toBe(definitions.length);
  });

  test('nothing learnt after surgery, and no date, is a feature', () => {
    const features = definitions.filter(({ role }) => role === 'feature').map(({ name }) => name);
    const late = /death|alive|surviv|recurrence|adjuvant|chemo|radiation|date|year$|notcollected|unknown|notassessed/i;
    expect(features.filter((name) => late.test(name) && name !== 'DaysbetweenCTandsurgery')).toEqual([]);
    expect(features.every((name) => definitions.find((d) => d.name === name)?.type !== 'timestamp')).toBe(true);
  });

  test('the codebook has the 40 columns of the table', () => {
    expect(clinicalCodebook).toHaveLength(40);
    expect(new Set(clinicalCodebook.map(({ header }) => header)).size).toBe(40);
  });
});
