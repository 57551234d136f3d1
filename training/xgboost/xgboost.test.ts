import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../package-facts.js';
import { boosterText } from '../bundle/booster-json.js';
import { referenceCases } from '../test/reference.js';
import { Booster, DMatrix, loadNativeLibrary } from './index.js';
import { companionsOf, libraryCandidates } from './library-paths.js';
import type { BoosterParameters } from './parameters.js';

interface Recorded {
  readonly n: number;
  readonly p: number;
  readonly trainRows: number;
  readonly values: readonly (number | null)[];
  readonly label: readonly number[];
  readonly weight: readonly number[];
  readonly seed: number;
  readonly boosters: readonly {
    readonly name: string;
    readonly rounds: number;
    readonly weighted: boolean;
    readonly value: readonly number[];
    readonly margin: readonly number[];
  }[];
}

/** Python's spelling of the parameters is in the recorded file; this is ours of the same. */
const parameters: Readonly<Record<string, BoosterParameters>> = {
  'default recipe': {
    objective: 'binary:logistic',
    eta: 0.05,
    maxDepth: 2,
    minChildWeight: 1,
    subsample: 0.7,
    columnSampleByTree: 0.5,
    lambda: 1,
    baseScore: 0.4,
    treeMethod: 'exact',
  },
  'reference recipe': { objective: 'reg:logistic', eta: 0.1, baseScore: 0.5, treeMethod: 'exact' },
  'weights, hist': { objective: 'binary:logistic', eta: 0.3, maxDepth: 3, treeMethod: 'hist', baseScore: 0.5 },
};

const library = loadNativeLibrary();
const recorded = referenceCases<Recorded>('xgboost.json');
const { p, trainRows } = recorded;
const all = Float32Array.from(recorded.values, (value) => value ?? Number.NaN);
const trainInput = { values: all.slice(0, trainRows * p), n: trainRows, p };
const restInput = { values: all.slice(trainRows * p), n: recorded.n - trainRows, p };
const label = Float32Array.from(recorded.label.slice(0, trainRows));
const weight = Float32Array.from(recorded.weight.slice(0, trainRows));

function trained(name: string, rounds: number, weighted: boolean): Booster {
  using train = new DMatrix(library, trainInput, { label, ...(weighted && { weight }) });
  const given = parameters[name];
  if (given === undefined) throw new Error(`no parameters named ${name}`);
  return Booster.train(library, { parameters: given, rounds, seed: recorded.seed, train });
}

describe.each(recorded.boosters)('$name', ({ name, rounds, weighted, value, margin }) => {
  // The recorded numbers are those of 3.2; an older library grows other trees from the same data (other sampling, other bins).
  test.skipIf(!library.version.startsWith('3.2.'))(
    'predicts bit for bit what Python xgboost 3.2 does [needs XGBoost 3.2]',
    () => {
      using booster = trained(name, rounds, weighted);
      using rest = new DMatrix(library, restInput);
      expect([...booster.predict(rest)]).toEqual(value);
      expect([...booster.predict(rest, 'margin')]).toEqual(margin);
    },
  );

  test('the same training gives the same bytes', () => {
    using first = trained(name, rounds, weighted);
    using second = trained(name, rounds, weighted);
    expect(first.save()).toEqual(second.save());
  });

  test('a saved model, also after our own writing of its JSON, predicts the same', () => {
    using booster = trained(name, rounds, weighted);
    using rest = new DMatrix(library, restInput);
    const text = boosterText(JSON.parse(new TextDecoder().decode(booster.save())));
    using again = Booster.load(library, new TextEncoder().encode(text));
    expect(again.predict(rest)).toEqual(booster.predict(rest));
  });
});

test('watched metrics are reported after every round', () => {
  using train = new DMatrix(library, trainInput, { label });
  const lines: string[] = [];
  using _booster = Booster.train(library, {
    parameters: { objective: 'binary:logistic', evalMetric: 'auc' },
    rounds: 3,
    seed: 0,
    train,
    watch: [{ name: 'fit', matrix: train }],
    onRound: (line) => lines.push(line),
  });
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/^\[2\]\tfit-auc:0\.\d+/);
});

describe('bad input', () => {
  test('what XGBoost refuses is said in its own words, without its clock and stack', () => {
    const garbage = new TextEncoder().encode('{"learner": 1}');
    expect(() => Booster.load(library, garbage)).toThrow(
      /^XGBoost refused XGBoosterLoadModelFromBuffer: (?!\[).*Invalid cast/,
    );
    using train = new DMatrix(library, trainInput, { label: label.map((y) => y + 5) });
    const training = { parameters: parameters['default recipe'] as BoosterParameters, rounds: 1, seed: 0, train };
    expect(() => Booster.train(library, training)).toThrow(/label must be in [[(]0, ?1[\])]/);
  });

  test('another number of columns is refused', () => {
    using booster = trained('default recipe', 2, false);
    using narrow = new DMatrix(library, { values: new Float32Array(p + 1), n: 1, p: p + 1 });
    expect(() => booster.predict(narrow)).toThrow('XGBoost refused');
  });

  test('lengths are checked before the library reads memory', () => {
    expect(() => new DMatrix(library, { values: new Float32Array(3), n: 2, p: 2 })).toThrow(
      'The matrix has 3 values but 4',
    );
    expect(() => new DMatrix(library, trainInput, { label: label.slice(1) })).toThrow(
      'label has 59 values but 60 were expected',
    );
    expect(() => new DMatrix(library, trainInput, { label, weight: label.slice(1) })).toThrow('weight has 59 values');
  });

  test('a handle is not used after it was freed, and freeing twice is harmless', () => {
    const matrix = new DMatrix(library, trainInput);
    matrix[Symbol.dispose]();
    matrix[Symbol.dispose]();
    expect(() => matrix.handle).toThrow('This DMatrix was already disposed of');
  });
});

describe('search', () => {
  const root = mkdtempSync(join(tmpdir(), 'thoracle-search-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const lib = join(root, 'vendor', 'xgboost', 'lib');
  mkdirSync(lib, { recursive: true });
  mkdirSync(join(root, 'vendor', '.bringing-x'));
  for (const name of ['libxgboost.so', 'libxgboost.so.txt', 'libdmlc.so.0', '../../.bringing-x/libxgboost.so']) {
    writeFileSync(join(lib, name), '');
  }
  const first = (env: Record<string, string>, platform: NodeJS.Platform) => {
    const found = [];
    for (const candidate of libraryCandidates({ env, platform, root })) {
      found.push(candidate);
      if (found.length === 3) break;
    }
    return found;
  };

  test('a named path is the only one; otherwise vendor/ comes before the system', () => {
    expect(first({ THORACLE_XGBOOST: '/x/y.so' }, 'linux')).toEqual([{ path: '/x/y.so', source: 'THORACLE_XGBOOST' }]);
    expect(first({}, 'linux').slice(0, 2)).toEqual([
      { path: join(lib, 'libxgboost.so'), source: 'vendor' },
      { path: 'libxgboost.so', source: 'system' },
    ]);
    expect(first({}, 'darwin')[1]?.path).toBe('libxgboost.dylib');
    expect(first({}, 'win32')[1]?.path).toBe('xgboost.dll');
  });

  test('what lies beside a library is loaded before it', () => {
    expect(companionsOf(join(lib, 'libxgboost.so'))).toEqual([join(lib, 'libdmlc.so.0')]);
    expect(companionsOf('libxgboost.so')).toEqual([]);
  });

  test('nothing found: one sentence with what was tried and both ways to get it', () => {
    expect(() => loadNativeLibrary({ env: { THORACLE_XGBOOST: '/nowhere/libxgboost.so' } })).toThrow(
      /No usable XGBoost library was found\. Run `npm run setup`.*pip.*apt.*Tried: \/nowhere\/libxgboost\.so \(THORACLE_XGBOOST\): /,
    );
  });

  test('setup finds the same library', async () => {
    const setup: unknown = await import(new URL('../../scripts/xgboost.mjs', import.meta.url).href);
    const { ensureXgboost } = setup as {
      ensureXgboost(options: { root: string; log: (m: string) => void }): Promise<{ path: string; version: string }>;
    };
    const found = await ensureXgboost({ root: packageRoot(), log: () => undefined });
    expect(found).toMatchObject({ path: library.path, version: library.version });
  });
});
