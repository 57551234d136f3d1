import { describe, expect, test } from 'vitest';
import type { ModelBundle } from '../../training/bundle/index.js';
import { chain, chainBundle, chainRecords, chainRows } from '../reference/chain-bundle.js';
import { createPredictor, PredictError } from './index.js';

const predictor = createPredictor(chainBundle());
const one = { LRIG1: 1, Age: 60 };

describe('the whole chain', () => {
  test('gives the probabilities that scikit-learn and XGBoost gave', () => {
    const mine = predictor.predictRows(chainRows());
    expect(mine.length).toBe(chain.probabilities.length);
    for (const [i, { score, label }] of mine.entries()) {
      expect(Math.abs(score - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
      expect(label).toBe((chain.probabilities[i] as number) >= 0.5 ? 1 : 0);
    }
    expect(new Set(mine.map((p) => p.probability)).size).toBeGreaterThan(10);
  });

  test('records by name answer the same as rows, whatever the order of their columns', () => {
    const reversed = chainRecords().map((record) => Object.fromEntries(Object.entries(record).reverse()));
    expect(predictor.predictRecords(reversed)).toEqual(predictor.predictRows(chainRows()));
  });

  test('one row answers the same as among others', () => {
    const p = predictor.featureNames.length;
    const all = predictor.predictRows(chainRows());
    for (const [i, expected] of all.entries()) {
      expect(predictor.predictRows(chainRows().slice(i * p, (i + 1) * p))).toEqual([expected]);
    }
  });

  test('names what it filled in, but not a column that training dropped', () => {
    const [answer] = predictor.predictRecords([one]);
    expect(answer?.imputed).toEqual([
      'HPGD',
      'CD44',
      'Gender_Male',
      'original_shape_Sphericity',
      'original_firstorder_Mean',
    ]);
    const [other] = predictor.predictRecords([{ ...one, CD44: null, Gender_Male: Number.NaN }]);
    expect(other).toEqual(answer);
  });

  test('names what lies outside the training range, dropped columns included', () => {
    const [answer] = predictor.predictRecords([{ ...one, Age: 400, NeverSeen: 1 }]);
    expect(answer?.outOfRange).toEqual(['Age', 'NeverSeen']);
    const unseen = chainBundle({ ranges: chain.ranges.map((range, i) => (i === 0 ? null : range)) });
    expect(createPredictor(unseen).predictRecords([one])[0]?.outOfRange).toEqual(['LRIG1']);
  });

  test('a probability at the threshold is labelled 1', () => {
    const [answer] = predictor.predictRecords([one]);
    const at = createPredictor(chainBundle({ threshold: answer?.probability ?? Number.NaN }));
    expect(at.predictRecords([one])[0]?.label).toBe(1);
  });

  test('names shared by two groups are told apart by group', () => {
    const twice = chainBundle().manifest.columns.map((c, i) => (i === 3 ? { ...c, feature: 'LRIG1' } : c));
    const names = createPredictor(chainBundle({ columns: twice })).featureNames;
    expect(names.slice(0, 4)).toEqual(['genomic.LRIG1', 'HPGD', 'CD44', 'clinical.LRIG1']);
  });
});

describe('rows that cannot be used', () => {
  const cases: readonly (readonly [string, unknown, string, RegExp])[] = [
    [
      'unknown column',
      { ...one, Agee: 1 },
      'PREDICT_UNKNOWN_COLUMN',
      /^Row 2, column "Agee": not a column of the model$/,
    ],
    [
      'text',
      { ...one, Age: 'Doe^Jane' },
      'PREDICT_NOT_A_NUMBER',
      /^Row 2, column "Age": found text \(8 characters\) where/,
    ],
    ['boolean', { Age: true }, 'PREDICT_NOT_A_NUMBER', /found a boolean/],
    ['list', { Age: [1] }, 'PREDICT_NOT_A_NUMBER', /found a list/],
    ['object', { Age: {} }, 'PREDICT_NOT_A_NUMBER', /found an object/],
    ['undefined', { Age: undefined }, 'PREDICT_NOT_A_NUMBER', /found nothing/],
    ['infinite', { Age: Number.POSITIVE_INFINITY }, 'PREDICT_OUT_OF_FLOAT32', /Row 2, column "Age"/],
    ['larger than float32', { Age: -1e39 }, 'PREDICT_OUT_OF_FLOAT32', /Row 2, column "Age"/],
    ['no logarithm', { LRIG1: -1 }, 'PREDICT_NO_LOGARITHM', /Row 2, column "LRIG1": the number is -1 or less/],
    [
      'overflow on the way',
      { Age: 3e38, original_firstorder_Mean: 3e38, original_shape_Sphericity: 3e38 },
      'PREDICT_OUT_OF_FLOAT32',
      /^Row 2: /,
    ],
    ['empty', {}, 'PREDICT_EMPTY_RECORD', /^Row 2: holds no value/],
    ['all missing', { Age: null, LRIG1: Number.NaN }, 'PREDICT_EMPTY_RECORD', /Row 2/],
    ['list instead of a record', [1, 2], 'PREDICT_NOT_A_RECORD', /is a list/],
    ['null', null, 'PREDICT_NOT_A_RECORD', /is null/],
    ['hostile name', JSON.parse('{"__proto__": 1}'), 'PREDICT_UNKNOWN_COLUMN', /"__proto__"/],
  ];
  test.each(cases)('%s', (_what, record, code, message) => {
    const attempt = () => predictor.predictRecords([one, record as typeof one]);
    expect(attempt).toThrow(PredictError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code, record: 1 }));
    expect(attempt).not.toThrow(/Jane/);
  });

  test('numbers that are no whole rows', () => {
    expect(() => predictor.predictRows(new Float64Array(9))).toThrow(/has 1 columns, expected 8/);
  });

  test('no rows, no predictions', () => {
    expect(predictor.predictRows(new Float64Array(0))).toEqual([]);
  });
});

describe('bundles that contradict themselves', () => {
  const { manifest } = chainBundle();
  const steps = manifest.members[0]?.steps ?? [];
  const refused = (bundle: ModelBundle, message: RegExp): void => {
    expect(() => createPredictor(bundle)).toThrow(message);
    expect(() => createPredictor(bundle)).toThrow(PredictError);
  };
  const hazard = { kind: 'hazard', slope: 1, intercept: 0, baseline: { timeDays: [], cumulative: [] } };
  test.each<[string, object, RegExp]>([
    ['format', { formatVersion: 1 }, /format version 1, expected 2/],
    ['task and answer', { answer: hazard }, /its task is status, its answer hazard/],
    ['answer and task', { task: { kind: 'survival' } }, /its task is survival, its answer probability/],
    ['no columns', { columns: [], ranges: [] }, /names no columns/],
    ['no models', { members: [] }, /holds no model/],
    ['ranges', { ranges: [] }, /0 ranges for 8 columns/],
    ['threshold', { threshold: Number.NaN }, /threshold NaN/],
    ['no threshold', { threshold: null }, /threshold null/],
    ['risk groups', { riskGroups: { cuts: [0], names: ['all'] } }, /1 risk groups for 1 cuts/],
  ])('%s', (_what, changed, message) => refused(chainBundle(changed), message));

  test.each<[string, object, RegExp]>([
    ['inputs', { inputs: ['PC1'] }, /steps give \d+ of the model's 1 inputs/],
    [
      'a step left out',
      { steps: steps.filter((s) => s.kind !== 'select') },
      /step 3 \(scale\) has 7 means, given 8 inputs/,
    ],
    ['imputation', { steps: [{ kind: 'impute', values: [1] }] }, /step 1 \(impute\) has 1 values, given 8/],
    ['selection', { steps: [{ kind: 'select', at: [8] }] }, /step 1 \(select\) names an input that is not there/],
    [
      'projection',
      { steps: [{ kind: 'pca', inputs: 3, components: [], explainedVarianceRatio: [] }] },
      /takes 3 inputs/,
    ],
    ['after the projection', { steps: [...steps, { kind: 'log1p', at: [0] }] }, /comes after the principal components/],
    ['too few outputs', { steps: [{ kind: 'select', at: [0, 1] }] }, /steps give 2 of the model's 7 inputs/],
    ['fewer than the booster takes', { steps: [{ kind: 'select', at: [0] }], inputs: ['a'] }, /takes 7 inputs but/],
    ['coefficients', { model: { kind: 'linear', intercept: 0, coefficients: [1] } }, /1 coefficients for 7 inputs/],
    ['no such file', { model: { kind: 'booster', file: 'model-9.json', sha256: '' } }, /names model-9.json/],
  ])('%s of a member', (_what, changed, message) => refused(chainBundle({}, changed), message));
});
