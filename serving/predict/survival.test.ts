import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Answer, BundleManifest, Member, ModelBundle } from '../../training/bundle/index.js';
import { chainBundle, chainRows } from '../reference/chain-bundle.js';
import { createPredictor } from './index.js';

/** By lifelines, XGBoost and SciPy: bench/peers/survival-answers.py. */
const recorded = JSON.parse(readFileSync(new URL('../reference/survival-answers.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly (readonly number[])[];
  readonly times: readonly number[];
  readonly cox: {
    readonly mean: readonly number[];
    readonly coefficients: readonly number[];
    readonly baseline: { readonly timeDays: readonly number[]; readonly cumulative: readonly number[] };
    readonly survival: readonly (readonly number[])[];
    readonly hazardRatio: readonly number[];
  };
  readonly aft: readonly {
    readonly distribution: 'normal' | 'logistic' | 'extreme';
    readonly scale: number;
    readonly model: unknown;
    readonly days: readonly number[];
    readonly contributions: readonly (readonly number[])[];
    readonly survival: readonly (readonly number[])[];
    readonly median: readonly number[];
  }[];
  readonly coxTrees: {
    readonly model: unknown;
    readonly hazardRatio: readonly number[];
    readonly contributions: readonly (readonly number[])[];
  };
};
const rows = Float64Array.from(recorded.rows.flat());
const names = ['a', 'b', 'c', 'd'];
const noScale = { slope: 1, intercept: 0 };
const noBaseline = { timeDays: [], cumulative: [] };

function bundleOf(
  answer: Answer,
  members: readonly Partial<Member>[],
  boosters: ModelBundle['boosters'] = {},
  changed: Partial<BundleManifest> = {},
): ModelBundle {
  const whole = members.map((member, m): Member => {
    const model = { kind: 'booster', file: 'model.json', sha256: '' } as const;
    return { name: `member ${m}`, weight: 1, steps: [], inputs: names, model, ...member };
  });
  const { manifest } = chainBundle({
    task: answer.kind === 'probability' ? { kind: 'status' } : { kind: 'survival' },
    threshold: answer.kind === 'probability' ? 0.5 : null,
    columns: names.map((feature, i) => ({ group: i < 2 ? 'x' : 'y', version: 1, feature, role: 'feature', unit: '1' })),
    ranges: names.map(() => [-9, 9] as const),
    members: whole,
    answer,
    ...changed,
  });
  return { manifest, boosters };
}

const { cox } = recorded;
const coxMember: Partial<Member> = {
  steps: [{ kind: 'scale', mean: cox.mean, scale: names.map(() => 1) }],
  model: { kind: 'linear', intercept: 0, coefficients: cox.coefficients },
};

describe('Cox model with its baseline hazard', () => {
  const predictor = createPredictor(bundleOf({ kind: 'hazard', ...noScale, baseline: cox.baseline }, [coxMember]));
  const answers = predictor.predictRows(rows);

  test('hazard ratios and survival curves are those of lifelines', () => {
    for (const [i, { score, risk, probability, label }] of answers.entries()) {
      expect(score / (cox.hazardRatio[i] as number)).toBeCloseTo(1, 10);
      expect([probability, label]).toEqual([null, null]);
      const curve = predictor.survivalCurve(risk, recorded.times);
      for (const [k, s] of (curve?.survival ?? []).entries()) {
        expect(Math.abs(s - (cox.survival[i]?.[k] as number))).toBeLessThan(1e-10);
      }
    }
  });

  test('the whole curve steps at the days of deaths; the median is where it passes one half', () => {
    for (const { risk, medianSurvivalDays } of answers) {
      const { timeDays, survival } = predictor.survivalCurve(risk) ?? { timeDays: [], survival: [] };
      expect(timeDays).toHaveLength(cox.baseline.timeDays.length);
      const at = survival.findIndex((s) => s <= 0.5);
      expect(medianSurvivalDays).toBe(at < 0 ? null : timeDays[at]);
    }
    expect(answers.some((a) => a.medianSurvivalDays !== null)).toBe(true);
    expect(predictor.predictRows(Float64Array.of(-6, 6, 0, -6))[0]?.medianSurvivalDays).toBeNull();
  });

  test('before the first death nobody has died', () => {
    expect(predictor.survivalCurve(3, [0])?.survival).toEqual([1]);
  });

  test('without a baseline there is a hazard ratio and no curve', () => {
    const bare = createPredictor(bundleOf({ kind: 'hazard', ...noScale, baseline: noBaseline }, [coxMember]));
    expect(bare.predictRows(rows).map((a) => a.score)).toEqual(answers.map((a) => a.score));
    expect(bare.predictRows(rows).every((a) => a.medianSurvivalDays === null)).toBe(true);
    expect(bare.survivalCurve(0)).toBeNull();
  });

  test('risk groups: from a cut on, the group above', () => {
    const sorted = answers.map((a) => a.risk).sort((a, b) => a - b);
    const riskGroups = { cuts: [sorted[2] as number], names: ['low', 'high'] };
    const answer = { kind: 'hazard', ...noScale, baseline: cox.baseline } as const;
    const grouped = createPredictor(bundleOf(answer, [coxMember], {}, { riskGroups })).predictRows(rows);
    expect(grouped.filter((a) => a.riskGroup === 'low')).toHaveLength(2);
    expect(grouped.filter((a) => a.riskGroup === 'high')).toHaveLength(4);
  });
});

describe.each(recorded.aft)('accelerated failure time, $distribution', (aft) => {
  const answer = { kind: 'log-time', slope: -1, intercept: 0, ...aft } as const;
  const predictor = createPredictor(
    bundleOf(
      { kind: 'log-time', slope: -1, intercept: 0, distribution: answer.distribution, scale: answer.scale },
      [{}],
      { 'model.json': aft.model },
    ),
  );
  const answers = predictor.predictRows(rows);

  test('days are those of XGBoost, bit for bit; survival and median those of SciPy', () => {
    expect(answers.map((a) => a.score)).toEqual(aft.days);
    for (const [i, { risk, medianSurvivalDays }] of answers.entries()) {
      expect((medianSurvivalDays as number) / (aft.median[i] as number)).toBeCloseTo(1, 10);
      const curve = predictor.survivalCurve(risk, recorded.times);
      for (const [k, s] of (curve?.survival ?? []).entries()) {
        expect(Math.abs(s - (aft.survival[i]?.[k] as number))).toBeLessThan(1e-12);
      }
      const whole = predictor.survivalCurve(risk);
      expect(whole?.timeDays).toHaveLength(40);
      expect(whole?.survival[9]).toBeCloseTo(0.5, 10);
    }
  });

  test('what shortens life adds to the risk', () => {
    for (const [i, explained] of predictor.explainRows(rows).entries()) {
      for (const [j, share] of explained.byFeature.entries()) {
        expect(Math.abs(share + (aft.contributions[i]?.[j] as number))).toBeLessThan(1e-5);
      }
      expect(Math.abs(explained.risk - (answers[i]?.risk as number))).toBeLessThan(1e-5);
    }
  });
});

describe('trees of survival:cox', () => {
  const { coxTrees } = recorded;
  const answer = { kind: 'hazard', ...noScale, baseline: noBaseline } as const;
  const predictor = createPredictor(bundleOf(answer, [{}], { 'model.json': coxTrees.model }));

  test('hazard ratios are those of XGBoost, bit for bit, and contributions its own', () => {
    expect(predictor.predictRows(rows).map((a) => a.score)).toEqual(coxTrees.hazardRatio);
    for (const [i, { byFeature, expected, byModality }] of predictor.explainRows(rows).entries()) {
      const theirs = coxTrees.contributions[i] as readonly number[];
      for (const [j, share] of byFeature.entries()) expect(Math.abs(share - (theirs[j] as number))).toBeLessThan(1e-5);
      expect(Math.abs(expected - (theirs[4] as number))).toBeLessThan(1e-5);
      expect(byModality.x).toBeCloseTo((byFeature[0] as number) + (byFeature[1] as number), 12);
    }
  });
});

describe('several models behind one name', () => {
  test('their margins are added by weight, and so are the contributions', () => {
    const answer = { kind: 'hazard', slope: 0.5, intercept: 0.1, baseline: cox.baseline } as const;
    const members = [{ ...coxMember, weight: 0.7 }, { weight: 2 }];
    const both = createPredictor(bundleOf(answer, members, { 'model.json': recorded.coxTrees.model }));
    const explained = both.explainRows(rows);
    for (const [i, { risk, score }] of both.predictRows(rows).entries()) {
      const linear = Math.log(cox.hazardRatio[i] as number);
      const trees = Math.log(recorded.coxTrees.hazardRatio[i] as number);
      expect(Math.abs(risk - (0.1 + 0.5 * (0.7 * linear + 2 * trees)))).toBeLessThan(1e-6);
      expect(score).toBeCloseTo(Math.exp(risk), 12);
      expect(Math.abs((explained[i]?.risk as number) - risk)).toBeLessThan(1e-5);
    }
    expect(both.componentNames).toEqual([]);
    expect(both.predictComponents(new Float64Array(0))).toEqual([]);
    expect(() => both.predictComponents(rows)).toThrow('has 24 columns, expected 0');
  });
});

describe('a chain with components', () => {
  test('contributions of raw columns and of modalities add up to the log-odds', () => {
    const predictor = createPredictor(chainBundle());
    const answers = predictor.predictRows(chainRows());
    const explained = predictor.explainRows(chainRows());
    expect(explained).toHaveLength(answers.length);
    for (const [i, { risk, expected, byFeature, byModality }] of explained.entries()) {
      const sum = byFeature.reduce((total, share) => total + share, expected);
      expect(Math.abs(sum - risk)).toBeLessThan(1e-9);
      expect(Math.abs(risk - (answers[i]?.risk as number))).toBeLessThan(1e-5);
      const groups = Object.values(byModality).reduce((total, share) => total + share, expected);
      expect(Math.abs(groups - risk)).toBeLessThan(1e-9);
    }
    expect(predictor.explainRows(new Float64Array(0))).toEqual([]);
  });
});
