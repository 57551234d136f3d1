import { describe, expect, test } from 'vitest';
import { Booster, DMatrix, loadNativeLibrary } from './index.js';
import { type BoosterParameters, nativeParameters } from './parameters.js';

const library = loadNativeLibrary();
const n = 40;
const values = Float32Array.from({ length: n * 3 }, (_, k) => Math.sin(k * 1.7) + (k % 3));
const input = { values, n, p: 3 };
const label = Float32Array.from({ length: n }, (_, i) => (Math.sin(i * 5.1) > 0 ? 1 : 0));
const two = Number.parseInt(library.version, 10) >= 2;

/** Every value under a name anywhere in the library's settings. */
function held(config: unknown, name: string): readonly string[] {
  if (config === null || typeof config !== 'object') return [];
  return Object.entries(config).flatMap(([key, value]) => [
    ...(key === name && typeof value !== 'object' ? [String(value)] : []),
    ...held(value, name),
  ]);
}

/** Parameters that the library holds beside its trees, so that it can be asked whether it took them. */
const cases: readonly (readonly [string, BoosterParameters, boolean])[] = [
  [
    'trees, exact',
    {
      objective: 'binary:logistic',
      eta: 0.25,
      maxDepth: 3,
      minChildWeight: 2,
      gamma: 0.125,
      maxDeltaStep: 1,
      subsample: 0.75,
      columnSampleByTree: 0.5,
      columnSampleByLevel: 0.75,
      lambda: 2,
      alpha: 0.5,
      scalePositiveWeight: 1.5,
      treeMethod: 'exact',
      numParallelTree: 2,
      refreshLeaf: false,
      seedPerIteration: true,
    },
    true,
  ],
  [
    'trees, hist',
    {
      objective: 'reg:squarederror',
      treeMethod: 'hist',
      maxBin: 32,
      columnSampleByNode: 0.625,
      maxLeaves: 7,
      growPolicy: 'lossguide',
      maxCatToOnehot: 5,
      maxCatThreshold: 32,
    },
    true,
  ],
  ['histograms kept', { objective: 'reg:squarederror', treeMethod: 'hist', maxCachedHistNode: 128 }, two],
  [
    'dart',
    {
      objective: 'binary:logistic',
      booster: 'dart',
      sampleType: 'weighted',
      normalizeType: 'forest',
      rateDrop: 0.25,
      oneDrop: true,
      skipDrop: 0.5,
    },
    true,
  ],
  [
    'linear',
    {
      objective: 'binary:logistic',
      booster: 'gblinear',
      updater: 'coord_descent',
      lambda: 0.5,
      alpha: 0.25,
      featureSelector: 'thrifty',
      topK: 2,
    },
    true,
  ],
  ['tweedie', { objective: 'reg:tweedie', tweedieVariancePower: 1.25 }, true],
  ['huber', { objective: 'reg:pseudohubererror', huberSlope: 2 }, true],
  ['quantile', { objective: 'reg:quantileerror', quantileAlpha: 0.25 }, two],
  ['classes', { objective: 'multi:softprob', numClass: 2 }, true],
  ['survival:aft', { objective: 'survival:aft', aftLossDistribution: 'extreme', aftLossDistributionScale: 0.5 }, true],
];

describe('the library takes every parameter under the name that it has here', () => {
  test.each(cases.filter(([, , known]) => known).map(([name, parameters]) => [name, parameters] as const))(
    '%s',
    (_name, parameters) => {
      const facts =
        parameters.objective === 'survival:aft'
          ? { labelLowerBound: label.map((y) => y + 1), labelUpperBound: label.map((y) => y + 2) }
          : { label };
      using train = new DMatrix(library, input, facts);
      using booster = Booster.train(library, { parameters, rounds: 2, seed: 3, train });
      const config = booster.config();
      const passed = nativeParameters(parameters, 3, library.version).filter(
        ([name]) => !['nthread', 'verbosity', 'objective', 'tree_method', 'updater'].includes(name),
      );
      for (const [name, value] of passed) {
        const wanted = value.replace(/^\((.*)\)$/, '$1');
        const found = held(config, name);
        const same = found.some(
          (text) =>
            text === wanted || Number(text) === Number(wanted) || Number(text.replace(/[[\]]/g, '')) === Number(wanted),
        );
        expect(same, `${name}: ${wanted} among ${found.join(' ') || 'nothing'}`).toBe(true);
      }
    },
  );

  test('the process type "update" goes over the trees of an earlier model', () => {
    using train = new DMatrix(library, input, { label });
    using first = Booster.train(library, {
      parameters: { objective: 'binary:logistic', treeMethod: 'exact' },
      rounds: 3,
      seed: 0,
      train,
    });
    using other = new DMatrix(library, input, { label: label.map((y) => 1 - y) });
    using refreshed = Booster.train(library, {
      parameters: { objective: 'binary:logistic', processType: 'update', updater: 'refresh', refreshLeaf: true },
      rounds: 3,
      seed: 0,
      train: other,
      continueFrom: first.save(),
    });
    expect(refreshed.rounds).toBe(3);
    expect(refreshed.predict(train)).not.toEqual(first.predict(train));
  });
});

describe('names and versions', () => {
  test('a name that is none is refused, not passed over', () => {
    const misspelt = { objective: 'binary:logistic', maxdepth: 3 } as unknown as BoosterParameters;
    expect(() => nativeParameters(misspelt, 0)).toThrow('"maxdepth" is unknown; expected a parameter of XGBoost');
  });

  test('a parameter that came later is refused by an older library', () => {
    const quantile = { objective: 'reg:quantileerror', quantileAlpha: [0.25, 0.75] } as const;
    expect(nativeParameters(quantile, 0, '2.1.0')).toContainEqual(['quantile_alpha', '(0.25,0.75)']);
    expect(() => nativeParameters(quantile, 0, '1.7.6')).toThrow(
      '"quantileAlpha" is not known to 1.7.6; expected XGBoost 2.0 or later',
    );
    expect(() => nativeParameters({ objective: 'rank:ndcg', lambdarankScoreNormalization: true }, 0, '2.1.0')).toThrow(
      'XGBoost 3.0 or later',
    );
  });

  test('one of several GPUs', () => {
    const parameters = { objective: 'survival:cox', device: 'cuda:1' } as const;
    expect(nativeParameters(parameters, 0)).toContainEqual(['device', 'cuda:1']);
    expect(nativeParameters(parameters, 0, '1.7.6')).toEqual(
      expect.arrayContaining([
        ['tree_method', 'gpu_hist'],
        ['gpu_id', '1'],
      ]),
    );
  });
});
