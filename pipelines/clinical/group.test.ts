import { describe, expect, test } from 'vitest';
import { clinicalCodebook, clinicalGroup, orderedName } from './index.js';

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

  test('an order names every category once, and has a column of its own', () => {
    const ordered = clinicalCodebook.flatMap((row) => (row.kind === 'category' && row.order ? [row] : []));
    expect(ordered.map(({ header }) => header)).toEqual([
      'Smoking status',
      '%GG',
      'Pathological T stage',
      'Pathological N stage',
      'Pathological M stage',
      'Histopathological Grade',
    ]);
    for (const { header, categories, order = {} } of ordered) {
      expect(Object.keys(order).sort()).toEqual([...categories].sort());
      expect(new Set(Object.values(order)).size).toBe(categories.length);
      expect(definitions).toContainEqual(expect.objectContaining({ name: orderedName(header), role: 'feature' }));
    }
  });

  test('the codebook has the 40 columns of the table', () => {
    expect(clinicalCodebook).toHaveLength(40);
    expect(new Set(clinicalCodebook.map(({ header }) => header)).size).toBe(40);
  });
});
