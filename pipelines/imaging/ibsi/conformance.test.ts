import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../../test/shared-data.js';
import { ibsiCatalogue } from './catalogue.js';
import { compareWithReference } from './conformance.js';
import { conformancePage, conformanceSummary } from './conformance-report.js';
import { type CheckedDataSet, checkDataSet, ibsiDataSets } from './data-sets.js';

const settings = fileURLToPath(new URL('../reference/ibsi', import.meta.url));
const csv = (file: string): Record<string, string>[] =>
  parse(readFileSync(sharedData(`ibsi-1/reference_values/${file}`), 'utf8'), { columns: true, delimiter: ';' });

/** Tags of the five features without a consensus value. */
const withoutValue = [
  'morph_vol_dens_ombb',
  'morph_area_dens_ombb',
  'morph_vol_dens_mvee',
  'morph_area_dens_mvee',
  'ivh_auc',
];

describe.skipIf(!hasSharedData)(`IBSI 1 ${needsSharedData}`, () => {
  const checked: CheckedDataSet[] = [];

  test.each(ibsiDataSets)('$name: every reference value is met', { timeout: 60_000 }, async (set) => {
    const result = await checkDataSet(set, sharedData('ibsi-1'), settings, () => 0);
    checked.push(result);
    expect(result.rows.filter((row) => !row.passed)).toEqual([]);
    const rows = csv(set.values).filter((row) => row['reference value'] !== '');
    expect(result.rows.map((row) => row.tag)).toEqual(rows.map((row) => row.tag));
  });

  test('the page in the documentation says what was measured', () => {
    expect(conformanceSummary(checked)).toEqual({ passed: 2104, total: 2104, failed: [] });
    const page = new URL('../../../docs/reference/ibsi-values.md', import.meta.url);
    expect(readFileSync(page, 'utf8') === conformancePage(checked), 'run "npm run ibsi" and commit the result').toBe(
      true,
    );
  });

  test('every feature of the index has a row with its id, and every row is in the index', () => {
    const index = csv('ibsi_1_feature_index.csv').map((r) => [r.tag, r['ibsi id'], r['aggregation suffixes'] ?? '']);
    const ours = ibsiCatalogue().flatMap(({ features, aggregations }) =>
      features.map((f) => [f.tag, f.id, aggregations.map((a) => a.suffix).join(' ')]),
    );
    const sorted = (rows: (string | undefined)[][]) => rows.map((row) => row.join(';')).sort();
    expect(sorted(ours)).toEqual(sorted(index));
  });

  test('every tag of the digital phantom is a feature in an aggregation, and the other way round', () => {
    const tags = ibsiCatalogue().flatMap(({ features, aggregations }) =>
      features.flatMap(({ tag }) =>
        aggregations.length === 0 ? [tag] : aggregations.map(({ suffix }) => `${tag}_${suffix}`),
      ),
    );
    expect(tags.toSorted()).toEqual(
      csv('ibsi_1_dig_phantom.csv')
        .map((row) => row.tag as string)
        .sort(),
    );
    const empty = csv('ibsi_1_dig_phantom.csv').filter((row) => row['reference value'] === '');
    expect(empty.map((row) => row.tag)).toEqual(withoutValue);
  });
});

describe('the acceptance rule', () => {
  const verdict = (value: number, reference: string, tolerance: string) => {
    const measured = { values: [], diagnostics: new Map([['a', value]]) };
    return compareWithReference(measured, `reference value;tolerance;tag\n${reference};${tolerance};a\n`)[0]?.passed;
  };
  test.each([
    [2.1549, '2.15', '0', true],
    [2.1551, '2.15', '0', false],
    [2.1551, '2.15', '0.01', true],
    [2.1751, '2.15', '0.02', false],
    [-0.35465, '-0.355', '0', true],
    [0.000152, '0.000152', '2E-05', true],
    [1_649_900_000, '1650000000', '0', true],
    [125_256, '125256', '0', true],
    [125_300, '125256', '0', false],
    [Number.NaN, '1', '5', false],
  ])('%d against %s +- %s', (value, reference, tolerance, passed) => {
    expect(verdict(value, reference, tolerance)).toBe(passed);
  });

  test('a tag that was not measured fails, a row without a value is left out', () => {
    const rows = compareWithReference(
      { values: [], diagnostics: new Map() },
      'reference value;tolerance;tag\n1;0;b\n;;c\n',
    );
    expect(rows).toEqual([{ tag: 'b', value: null, reference: 1, tolerance: 0, passed: false }]);
  });
});
