import {
  calibrationCurve,
  censoringCurve,
  decisionCurve,
  dynamicAuc,
  type FollowUp,
  logRankOfGroups,
  orderBy,
  survivalBrier,
} from '../evaluate/index.js';
import { meanOverRepeats, type Outcomes, orNull, type ScoredRepeat, statesAt } from './score.js';
import type { Times } from './times.js';

/** Curves of the model's out-of-fold predictions, averaged over the repeats; without intervals. */
export interface AssessCurves {
  /** Smoothed; `ici` is the mean distance from the diagonal. Null where the model gives no probability. */
  readonly calibration: {
    readonly predicted: readonly number[];
    readonly observed: readonly number[];
    readonly ici: number;
  } | null;
  /** Net benefit by threshold. Null where the model gives no probability. */
  readonly decision: {
    readonly threshold: readonly number[];
    readonly model: readonly number[];
    readonly treatAll: readonly number[];
  } | null;
  /** Of a survival task, at each time; null where a time has nobody on one side. */
  readonly dynamicAuc: { readonly timesDays: readonly number[]; readonly auc: readonly number[] } | null;
  readonly brierOverTime: { readonly timesDays: readonly number[]; readonly brier: readonly number[] } | null;
  /**
   * Thirds of the patients by risk, low to high, with a log-rank test that takes the predictions as given (their
   * uncertainty is not in its p value).
   */
  readonly riskGroups: {
    readonly group: readonly string[];
    readonly patients: readonly number[];
    readonly deaths: readonly number[];
    readonly logRank: { readonly chiSquare: number; readonly pValue: number } | null;
  };
}

/** Thirds of the patients by risk. */
export const riskGroupNames = ['low', 'middle', 'high'] as const;
const thresholds = Array.from({ length: 18 }, (_, k) => Number((0.05 * (k + 1)).toFixed(2)));

/** Curves of a scored model. */
export function curvesOf({ dead, timeDays }: Outcomes, repeats: readonly ScoredRepeat[], times: Times): AssessCurves {
  const followUp = { timeDays, event: [...dead] };
  const censoring = censoringCurve(timeDays, dead);
  const risk = meanOverRepeats(repeats, ({ risk: own }) => own);
  const matrix = meanOverRepeats(repeats, ({ probability: own }) => own);
  const width = matrix.length / risk.length;
  const probability = risk.map((_, i) => matrix[i * width + width - 1] as number);
  const known = !probability.some(Number.isNaN);
  const states = statesAt(followUp, censoring, times.horizonDays);
  const { timesDays } = times;
  const count = timesDays.length;
  const survival = Float64Array.from({ length: risk.length * count }, (_, k) => {
    return 1 - (matrix[Math.floor(k / count) * width + (k % count)] as number);
  });
  return {
    calibration: known ? calibrationCurve({ dead: states.died, probability, weight: states.weight }) : null,
    decision: known ? decisionCurve(states.died, probability, thresholds, states.weight) : null,
    dynamicAuc:
      count === 0 ? null : orNull(() => ({ timesDays, auc: dynamicAuc(followUp, risk, censoring, timesDays).auc })),
    brierOverTime:
      count === 0 || survival.some(Number.isNaN)
        ? null
        : { timesDays, brier: survivalBrier(followUp, survival, censoring, timesDays) },
    riskGroups: riskGroupsOf(followUp, risk),
  };
}

function riskGroupsOf({ timeDays, event }: FollowUp, risk: Float64Array): AssessCurves['riskGroups'] {
  const group = new Int32Array(risk.length);
  for (const [k, i] of orderBy(risk, 'ascending').entries()) {
    group[i] = Math.floor((k * riskGroupNames.length) / risk.length);
  }
  const count = (test: (i: number) => boolean) =>
    riskGroupNames.map((_, g) => group.reduce((sum, own, i) => sum + (own === g && test(i) ? 1 : 0), 0));
  return {
    group: riskGroupNames,
    patients: count(() => true),
    deaths: count((i) => event[i] === true),
    logRank: orNull(() => logRankOfGroups(timeDays, event, group, riskGroupNames.length)),
  };
}
