import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import { binomialLikelihood, breslowBaseline, coxLikelihood, fitElasticNet, linearPredictor } from './index.js';

interface Case {
  readonly name: string;
  readonly n: number;
  readonly p: number;
  readonly values: readonly number[];
  readonly time: readonly number[];
  readonly event: readonly boolean[];
  readonly net: readonly {
    readonly l1Share: number;
    readonly lambdas: readonly number[];
    readonly coefficients: readonly (readonly number[])[];
  }[];
  readonly ridge: readonly {
    readonly ties: 'breslow' | 'efron';
    readonly lambda: number;
    readonly coefficients: readonly number[];
  }[];
  readonly baseline: { readonly times: readonly number[]; readonly cumulative: readonly number[] };
  readonly logistic: readonly {
    readonly l1Share: number;
    readonly lambda: number;
    readonly intercept: number;
    readonly coefficients: readonly number[];
  }[];
  readonly lifelines?: { readonly lambda: number; readonly coefficients: readonly number[] };
}

const cases = referenceCases<readonly Case[]>('penalised.json');
const fine = { tolerance: 1e-12, maxRounds: 100_000 };
const matrixOf = ({ values, n, p }: Case) => ({ rows: Float64Array.from(values), n, p });

describe.each(cases)('$name', (given) => {
  const x = matrixOf(given);
  const time = Float64Array.from(given.time);

  test('Cox elastic net equals scikit-survival', () => {
    for (const { l1Share, lambdas, coefficients } of given.net) {
      const fits = fitElasticNet(x, coxLikelihood(time, given.event, 'breslow'), { l1Share, lambdas, ...fine });
      for (const [k, fit] of fits.entries()) {
        expect(worstDifference(fit.coefficients, coefficients[k] as number[])).toBeLessThan(1e-5);
      }
    }
  });

  test('ridge Cox with either way of ties equals scikit-survival (and lifelines with Efron)', () => {
    for (const { ties, lambda, coefficients } of given.ridge) {
      const [fit] = fitElasticNet(x, coxLikelihood(time, given.event, ties), {
        l1Share: 0,
        lambdas: [lambda],
        ...fine,
      });
      expect(worstDifference(fit?.coefficients ?? [], coefficients)).toBeLessThan(1e-9);
      if (given.lifelines === undefined || ties === 'breslow') continue;
      expect(worstDifference(fit?.coefficients ?? [], given.lifelines.coefficients)).toBeLessThan(1e-7);
    }
  });

  test('baseline hazard equals scikit-survival', () => {
    const ridge = given.ridge.find(({ ties }) => ties === 'breslow');
    const eta = linearPredictor(
      { lambda: 0, intercept: 0, coefficients: Float64Array.from(ridge?.coefficients ?? []) },
      x,
    );
    const { timeDays, cumulative } = breslowBaseline(time, given.event, eta);
    for (const [k, at] of timeDays.entries()) {
      expect(cumulative[k]).toBeCloseTo(given.baseline.cumulative[given.baseline.times.indexOf(at)] as number, 9);
    }
    expect(timeDays).toHaveLength(new Set(given.time.filter((_, i) => given.event[i])).size);
  });

  test('logistic elastic net equals scikit-learn', () => {
    for (const { l1Share, lambda, intercept, coefficients } of given.logistic) {
      const [fit] = fitElasticNet(x, binomialLikelihood(given.event), { l1Share, lambdas: [lambda], ...fine });
      expect(worstDifference(fit?.coefficients ?? [], coefficients)).toBeLessThan(1e-5);
      expect(fit?.intercept).toBeCloseTo(intercept, 5);
    }
  });
});

test('a weight of 2 is the same as the patient twice', () => {
  const [given] = cases;
  if (given === undefined) throw new Error('no case');
  const x = matrixOf(given);
  const twice = { rows: Float64Array.from([...x.rows, ...x.rows.subarray(0, x.p)]), n: x.n + 1, p: x.p };
  const weight = new Float64Array(x.n).fill(1);
  weight[0] = 2;
  const options = { l1Share: 0, ...fine };
  const [weighted] = fitElasticNet(x, binomialLikelihood(given.event, weight), { ...options, lambdas: [0.1 / x.n] });
  const [doubled] = fitElasticNet(twice, binomialLikelihood([...given.event, given.event[0] === true]), {
    ...options,
    lambdas: [0.1 / twice.n],
  });
  expect(worstDifference(weighted?.coefficients ?? [], doubled?.coefficients ?? [])).toBeLessThan(1e-8);
});

test('weights of a stack are never negative', () => {
  const [given] = cases;
  if (given === undefined) throw new Error('no case');
  const likelihood = coxLikelihood(Float64Array.from(given.time), given.event);
  const [fit] = fitElasticNet(matrixOf(given), likelihood, { l1Share: 0, lambdas: [0.01], nonNegative: true });
  expect(Math.min(...(fit?.coefficients ?? []))).toBe(0);
  expect(Math.max(...(fit?.coefficients ?? []))).toBeGreaterThan(0.1);
});

test('another number of outcomes than rows is refused', () => {
  const x = { rows: new Float64Array(6), n: 3, p: 2 };
  expect(() => fitElasticNet(x, binomialLikelihood([true, false]), { l1Share: 0, lambdas: [1] })).toThrow(
    'The outcome has 2 values but 3 were expected',
  );
});

test('a ridge in rotated coordinates is the ridge: gradient 0 at its coefficients, tall and wide', () => {
  for (const given of cases) {
    const [n, p] = given.p > given.n ? [given.n, given.p] : [given.n, 6];
    // Eight columns at least are rotated: two of them double others, so that the rank is lower than the width.
    const columns = [...Array(p).keys(), 0, 1].slice(0, Math.max(8, p));
    const rows = Float64Array.from({ length: n * columns.length }, (_, k) => {
      return given.values[Math.floor(k / columns.length) * given.p + (columns[k % columns.length] as number)] as number;
    });
    const likelihood = coxLikelihood(Float64Array.from(given.time), given.event);
    const lambda = 0.3;
    const x = { rows, n, p: columns.length };
    const [fit] = fitElasticNet(x, likelihood, { l1Share: 0, lambdas: [lambda], ...fine });
    if (fit === undefined) throw new Error('no fit');
    const [gradient, curvature] = [new Float64Array(n), new Float64Array(n)];
    likelihood.evaluate(linearPredictor(fit, x), gradient, curvature);
    for (let j = 0; j < x.p; j++) {
      let slope = -n * lambda * (fit.coefficients[j] as number);
      for (let i = 0; i < n; i++) slope += (gradient[i] as number) * (rows[i * x.p + j] as number);
      expect(Math.abs(slope)).toBeLessThan(1e-6);
    }
  }
});
