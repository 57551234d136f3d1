import { describe, expect, test } from 'vitest';
import { seededDraw } from '../evaluate/index.js';
import { referenceCases } from '../test/reference.js';
import { aftBounds, Booster, coxLabel, DMatrix, loadNativeLibrary } from './index.js';
import { nativeParameters } from './parameters.js';

const library = loadNativeLibrary();
const newest = library.version.startsWith('3.2.');

interface Recorded {
  readonly n: number;
  readonly p: number;
  readonly values: readonly (number | null)[];
  readonly time: readonly number[];
  readonly event: readonly boolean[];
  readonly names: readonly string[];
  readonly cox: readonly number[];
  readonly aft: Readonly<Record<'normal' | 'logistic' | 'extreme', readonly number[]>>;
  readonly monotone: readonly number[];
  readonly contributions: readonly number[];
  readonly interactions: readonly number[];
  readonly gain: Readonly<Record<string, number>>;
  readonly baseMargin: readonly number[];
  readonly linear: readonly number[];
}
const recorded = referenceCases<Recorded>('xgboost-survival.json');
const { n, p, time, event } = recorded;
const input = { values: Float32Array.from(recorded.values, (value) => value ?? Number.NaN), n, p };
const shared = { eta: 0.2, maxDepth: 3, treeMethod: 'exact', baseScore: 0.5 } as const;
const cox = { ...shared, objective: 'survival:cox' } as const;

function coxMatrix(): DMatrix {
  return new DMatrix(library, input, { label: coxLabel(time, event), featureNames: recorded.names });
}

describe.skipIf(!newest)('equals Python xgboost 3.2 bit for bit [needs XGBoost 3.2]', () => {
  test('survival:cox; TreeSHAP contributions and interactions; gain', () => {
    using train = coxMatrix();
    using booster = Booster.train(library, { parameters: cox, rounds: 12, seed: 0, train });
    expect([...booster.predict(train, 'margin')]).toEqual(recorded.cox);
    expect([...booster.predict(train, 'contributions')]).toEqual(recorded.contributions);
    expect([...booster.predict(train, 'interactions')]).toEqual(recorded.interactions);
    expect(Object.fromEntries(booster.importance('gain'))).toEqual(recorded.gain);
  });

  test.each(['normal', 'logistic', 'extreme'] as const)('survival:aft, %s', (distribution) => {
    using train = new DMatrix(library, input, aftBounds(time, event));
    const parameters = {
      ...shared,
      objective: 'survival:aft',
      aftLossDistribution: distribution,
      aftLossDistributionScale: 1.2,
    } as const;
    using booster = Booster.train(library, { parameters, rounds: 12, seed: 0, train });
    expect([...booster.predict(train, 'margin')]).toEqual(recorded.aft[distribution]);
  });

  test('monotone constraints, base margin, gblinear', () => {
    using train = coxMatrix();
    const monotone = { ...cox, monotoneConstraints: [1, 0, 0, -1, 0] } as const;
    using constrained = Booster.train(library, { parameters: monotone, rounds: 12, seed: 0, train });
    expect([...constrained.predict(train, 'margin')]).toEqual(recorded.monotone);
    const baseMargin = Float32Array.from(time, (days) => days / 1000);
    using shifted = new DMatrix(library, input, { label: coxLabel(time, event), baseMargin });
    using fromMargin = Booster.train(library, { parameters: cox, rounds: 3, seed: 0, train: shifted });
    expect([...fromMargin.predict(shifted, 'margin')]).toEqual(recorded.baseMargin);
    const linear = {
      objective: 'survival:cox',
      booster: 'gblinear',
      updater: 'coord_descent',
      eta: 0.5,
      lambda: 0.1,
    } as const;
    using coefficients = Booster.train(library, {
      parameters: { ...linear, baseScore: 0.5 },
      rounds: 5,
      seed: 0,
      train,
    });
    expect([...coefficients.predict(train, 'margin')]).toEqual(recorded.linear);
  });
});

describe('in every version', () => {
  test('contributions and interactions add up to the margin', () => {
    using train = coxMatrix();
    using booster = Booster.train(library, { parameters: cox, rounds: 6, seed: 0, train });
    const margin = booster.predict(train, 'margin');
    const contributions = booster.predict(train, 'contributions');
    const interactions = booster.predict(train, 'interactions');
    const width = p + 1;
    for (let i = 0; i < n; i++) {
      const own = contributions.subarray(i * width, (i + 1) * width);
      expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(margin[i] as number, 4);
      const all = interactions.subarray(i * width * width, (i + 1) * width * width);
      expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(margin[i] as number, 4);
    }
  });

  test('JSON and UBJSON hold the same model; training goes on from either', () => {
    using train = coxMatrix();
    const settings = { parameters: cox, seed: 0, train };
    using whole = Booster.train(library, { ...settings, rounds: 8 });
    using half = Booster.train(library, { ...settings, rounds: 5 });
    for (const format of ['json', 'ubj'] as const) {
      using loaded = Booster.load(library, half.save(format));
      expect(loaded.predict(train)).toEqual(half.predict(train));
      using more = Booster.train(library, { ...settings, rounds: 3, continueFrom: half.save(format) });
      expect(more.rounds).toBe(8);
      expect([...more.predict(train)]).toEqual([...whole.predict(train)]);
    }
    half.boostOn(train, 3);
    expect([...half.predict(train)]).toEqual([...whole.predict(train)]);
  });

  test('early stopping keeps the rounds up to the best', () => {
    const draw = seededDraw(3, 'noise');
    const noise = { values: input.values.map(() => draw(1000)), n, p };
    using train = coxMatrix();
    using watched = new DMatrix(library, noise, { label: coxLabel(time, event), featureNames: recorded.names });
    const scores: number[] = [];
    using booster = Booster.train(library, {
      parameters: { ...cox, evalMetric: 'cox-nloglik' },
      rounds: 60,
      seed: 0,
      train,
      watch: [{ name: 'noise', matrix: watched }],
      earlyStopping: { rounds: 4, higherIsBetter: false },
      onRound: (line) => scores.push(Number(line.split(':').at(-1))),
    });
    const best = scores.indexOf(Math.min(...scores)) + 1;
    expect(scores.length).toBe(Math.min(60, best + 4));
    expect(booster.rounds).toBe(best);
  });

  test('a value can mean missing; what is known of the rows is kept', () => {
    const coded = input.values.map((value) => (Number.isNaN(value) ? -999 : value));
    using plain = coxMatrix();
    using marked = new DMatrix(library, { ...input, values: coded, missing: -999 }, { label: coxLabel(time, event) });
    const rounds = { parameters: cox, rounds: 4, seed: 0 };
    using first = Booster.train(library, { ...rounds, train: plain });
    using second = Booster.train(library, { ...rounds, train: marked });
    expect(second.predict(marked)).toEqual(first.predict(plain));
    const bounds = aftBounds(time, event);
    using aft = new DMatrix(library, input, bounds);
    expect(aft.rowFacts('label_lower_bound')).toEqual(bounds.labelLowerBound);
    expect(aft.rowFacts('label_upper_bound')).toEqual(bounds.labelUpperBound);
    expect(aft.rowFacts('weight')).toHaveLength(0);
  });

  test('parameters have the names of the library; older ones spell the device otherwise', () => {
    const given = { ...cox, device: 'cuda', interactionConstraints: [[0, 1], [2]], refreshLeaf: true } as const;
    expect(nativeParameters(given, 5)).toEqual(
      expect.arrayContaining([
        ['objective', 'survival:cox'],
        ['device', 'cuda'],
        ['interaction_constraints', '[[0,1],[2]]'],
        ['refresh_leaf', '1'],
        ['seed', '5'],
      ]),
    );
    expect(nativeParameters(given, 5, '1.7.6')).toContainEqual(['tree_method', 'gpu_hist']);
    expect(nativeParameters({ ...given, device: 'cpu' }, 5, '1.7.6').flat()).not.toContain('device');
    expect(nativeParameters({ ...cox, monotoneConstraints: [1, 0, -1] }, 5)).toContainEqual([
      'monotone_constraints',
      '(1,0,-1)',
    ]);
  });

  test('bad input is refused: names of other columns, early stopping on nothing', () => {
    using train = coxMatrix();
    expect(() => new DMatrix(library, input, { featureNames: ['a'] })).toThrow(`featureNames has 1 values but ${p}`);
    expect(() =>
      Booster.train(library, {
        parameters: cox,
        rounds: 1,
        seed: 0,
        train,
        earlyStopping: { rounds: 2, higherIsBetter: true },
      }),
    ).toThrow('earlyStopping');
    const wrong = { ...cox, objective: 'survival:aft', aftLossDistribution: 'cauchy' as 'normal' } as const;
    using bounds = new DMatrix(library, input, aftBounds(time, event));
    expect(() => Booster.train(library, { parameters: wrong, rounds: 1, seed: 0, train: bounds })).toThrow(
      /XGBoost refused .*cauchy/i,
    );
  });
});
