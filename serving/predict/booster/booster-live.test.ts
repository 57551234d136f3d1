import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { seededDraw } from '../../../training/evaluate/index.js';
import {
  aftBounds,
  Booster,
  type BoosterParameters,
  coxLabel,
  DMatrix,
  loadNativeLibrary,
  type MatrixFacts,
  type NativeLibrary,
} from '../../../training/xgboost/index.js';
import { createBooster } from './booster.js';

function libraryIfThere(): NativeLibrary | undefined {
  try {
    return loadNativeLibrary();
  } catch {
    return undefined; // the recorded parity test covers what this machine cannot
  }
}

const library = libraryIfThere();
const models = 50;
const rowsAsked = 10_000;
const mostUnits = 2;

/** A model trained on random rows with random settings, and other rows to ask it about. */
function randomModel(native: NativeLibrary, seed: number) {
  const draw = seededDraw(seed, 'parity');
  const uniform = (): number => draw(2 ** 30) / 2 ** 30;
  const choose = <T>(...items: readonly T[]): T => items[draw(items.length)] as T;
  const p = 1 + draw(12);
  const values = (n: number): Float32Array => {
    const coarse = uniform() < 0.3;
    return Float32Array.from({ length: n * p }, () => {
      if (uniform() < 0.2) return Number.NaN;
      return coarse ? draw(7) - 3 : Math.tan(Math.PI * (uniform() - 0.5));
    });
  };
  const n = 30 + draw(200);
  const objective = choose('reg:logistic', 'binary:logistic', 'reg:squarederror', 'survival:cox', 'survival:aft');
  const parameters: BoosterParameters = {
    objective,
    eta: 0.05 + 0.9 * uniform(),
    maxDepth: 1 + draw(7),
    subsample: 0.5 + 0.5 * uniform(),
    lambda: choose(0, 1, 10),
    treeMethod: choose('exact', 'hist', 'approx'),
    ...(uniform() < 0.5 ? { baseScore: 0.02 + 0.96 * uniform() } : {}),
  };
  const facts = factsFor(objective, n, draw, uniform);
  using train = new DMatrix(native, { values: values(n), n, p }, facts);
  using booster = Booster.train(native, { parameters, rounds: 1 + draw(40), seed, train });
  const asked = values(rowsAsked);
  using matrix = new DMatrix(native, { values: asked, n: rowsAsked, p });
  return {
    asked,
    // Their base margin is a logarithm.
    logarithmic: objective !== 'reg:squarederror',
    json: JSON.parse(new TextDecoder().decode(booster.save())) as unknown,
    margins: booster.predict(matrix, 'margin'),
    answers: booster.predict(matrix),
  };
}

function factsFor(
  objective: BoosterParameters['objective'],
  n: number,
  draw: (below: number) => number,
  uniform: () => number,
): MatrixFacts {
  const event = Array.from({ length: n }, () => draw(2) === 1);
  const timeDays = event.map(() => 1 + draw(2000));
  if (objective === 'survival:cox') return { label: coxLabel(timeDays, event) };
  if (objective === 'survival:aft') return aftBounds(timeDays, event);
  return {
    label: Float32Array.from(event, (died) => (objective === 'reg:squarederror' ? 10 * uniform() : Number(died))),
  };
}

const bits = (values: Float32Array): readonly number[] => [...new Uint32Array(values.slice().buffer)];

describe.skipIf(library === undefined)(
  `random models against libxgboost ${library?.version ?? '[needs libxgboost]'}`,
  () => {
    test(`${models} models x ${rowsAsked} rows: the same margin bits; answers within ${mostUnits} units in the last place`, () => {
      let exact = 0;
      let levels = 0;
      for (let seed = 0; seed < models; seed++) {
        const { asked, json, margins, answers, logarithmic } = randomModel(library as NativeLibrary, seed);
        const booster = createBooster(json);
        const found = booster.margins(asked);
        const theirs = bits(answers);
        levels += new Set(margins).size;
        if (!isDeepStrictEqual(found, margins)) {
          // The C library's logf of the base probability is not always correctly rounded; leaves have no such excuse.
          expect(logarithmic, `seed ${seed}`).toBe(true);
          for (const [i, margin] of margins.entries())
            expect(Math.abs((found[i] as number) - margin)).toBeLessThan(1e-6);
          continue;
        }
        exact++;
        for (const [i, mine] of bits(booster.predict(asked)).entries()) {
          expect(Math.abs(mine - (theirs[i] as number)), `seed ${seed}, row ${i}`).toBeLessThanOrEqual(mostUnits);
        }
      }
      expect(exact).toBeGreaterThanOrEqual(models * 0.95);
      expect(levels).toBeGreaterThan(models * 10);
    });
  },
);
