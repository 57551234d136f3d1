import type { Estimate } from '../bundle/index.js';
import { TrainingError } from '../errors.js';
import {
  accuracy,
  calibrationOf,
  censoringCurve,
  crossValidationWidening,
  dynamicAuc,
  type FollowUp,
  f1Weighted,
  harrellC,
  horizonWeights,
  integratedScore,
  precision,
  recall,
  rocAuc,
  seededDraw,
  survivalBrier,
  unoC,
  weightedBrier,
  weightedDecisions,
  weightedLogLoss,
  weightedPrAuc,
  weightedRocAuc,
} from '../evaluate/index.js';
import type { Times } from './times.js';

/** One repeat of a cross-validation: every patient predicted once by a model that never saw the patient. */
export interface ScoredRepeat {
  readonly fold: Int32Array;
  /** Shape (n), higher = worse. */
  readonly risk: Float64Array;
  /** Shape (n x columns), see `FoldAnswer.probability`; the last column is that at the horizon. */
  readonly probability: Float64Array;
}

/** Mean over the repeats, element by element. */
export function meanOverRepeats(
  repeats: readonly ScoredRepeat[],
  pick: (repeat: ScoredRepeat) => Float64Array,
): Float64Array {
  const parts = repeats.map(pick);
  return (parts[0] as Float64Array).map((_, k) => parts.reduce((sum, p) => sum + (p[k] as number), 0) / parts.length);
}

/** What happened to the patients. */
export interface Outcomes {
  readonly dead: readonly boolean[];
  readonly timeDays: Float64Array;
}

type Values = Readonly<Record<string, number | null>>;

/** Resamples of patients for an interval. */
const resamples = 200;

/**
 * Metrics averaged over the repeats. Rankings (Harrell's and Uno's C, ROC AUC) compare patients of one fold only, because
 * folds have different models; the others take all patients of a repeat. Metrics at a horizon or over time are weighted by
 * the inverse probability of censoring. Intervals: percentile bootstrap of patients, widened for shared training patients. A
 * metric that is not defined is left out.
 */
export function scoreRepeats(
  outcomes: Outcomes,
  repeats: readonly ScoredRepeat[],
  times: Times,
  options: { readonly folds: number; readonly seed: number },
): Readonly<Record<string, Estimate>> {
  const n = outcomes.dead.length;
  const everyone = Int32Array.from({ length: n }, (_, i) => i);
  const value = meanOf(repeats.map((repeat) => measure(outcomes, repeat, times, everyone)));
  const draw = seededDraw(options.seed, 'assess');
  const drawn = Array.from({ length: resamples }, () => {
    const rows = everyone.map(() => draw(n));
    return meanOf(repeats.map((repeat) => measure(outcomes, repeat, times, rows)));
  });
  const widening = crossValidationWidening(options.folds);
  const estimates: Record<string, Estimate> = {};
  for (const [name, centre] of Object.entries(value)) {
    if (centre === null) continue;
    const known = drawn.flatMap((d) => (typeof d[name] === 'number' ? [d[name]] : [])).sort((a, b) => a - b);
    const at = (share: number) => known[Math.round(share * (known.length - 1))] ?? centre;
    const away = (bound: number) => within(name, centre + widening * (bound - centre));
    estimates[name] = {
      value: centre,
      low: Math.min(centre, away(at(0.025))),
      high: Math.max(centre, away(at(0.975))),
    };
  }
  return estimates;
}

function within(name: string, bound: number): number {
  if (name.startsWith('calibration')) return bound;
  return name === 'logLoss' ? Math.max(0, bound) : Math.min(1, Math.max(0, bound));
}

function meanOf(values: readonly Values[]): Values {
  const names = Object.keys(values[0] ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const known = values.flatMap((v) => (typeof v[name] === 'number' ? [v[name]] : []));
      return [name, known.length === values.length ? known.reduce((a, b) => a + b, 0) / known.length : null];
    }),
  );
}

function measure(outcomes: Outcomes, repeat: ScoredRepeat, times: Times, rows: Int32Array): Values {
  const followUp = take(outcomes, rows);
  const censoring = censoringCurve(followUp.timeDays, followUp.event);
  return {
    ...rankings(outcomes, repeat, rows, times),
    ...decisions(followUp, censoring, repeat, rows, times),
    ...(times.timesDays.length > 0 && overTime(followUp, censoring, repeat, rows, times.timesDays)),
  };
}

function take({ dead, timeDays }: Outcomes, rows: ArrayLike<number> & Iterable<number>) {
  return {
    timeDays: Float64Array.from(rows, (i) => timeDays[i] as number),
    event: Array.from(rows, (i) => dead[i] === true),
  };
}

/** Mean over the folds in which a ranking is defined. */
function rankings(outcomes: Outcomes, repeat: ScoredRepeat, rows: Int32Array, times: Times): Values {
  const members: number[][] = [];
  for (const i of rows) {
    const fold = repeat.fold[i] as number;
    members[fold] ??= [];
    members[fold].push(i);
  }
  const parts = members.flatMap((own) => (own === undefined ? [] : [ranked(outcomes, repeat, own, times)]));
  return Object.fromEntries(
    (['harrellC', 'unoC', 'rocAuc'] as const).map((name) => {
      const known = parts.flatMap((part) => (part[name] === null ? [] : [part[name]]));
      return [name, known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length];
    }),
  );
}

function ranked(outcomes: Outcomes, { risk }: ScoredRepeat, rows: readonly number[], { task, horizonDays }: Times) {
  const followUp = take(outcomes, rows);
  const { timeDays, event } = followUp;
  const score = Float64Array.from(rows, (i) => risk[i] as number);
  const censoring = censoringCurve(timeDays, event);
  const latest = timeDays.reduce((most, days) => Math.max(most, days), 0);
  return {
    harrellC: orNull(() => harrellC(timeDays, event, score)),
    unoC: orNull(() => unoC(followUp, score, censoring, latest)),
    rocAuc: orNull(() =>
      task.kind === 'horizon' && horizonDays !== null
        ? weightedRocAuc(statesAt(followUp, censoring, horizonDays), score)
        : rocAuc(event, score),
    ),
  };
}

type Censoring = ReturnType<typeof censoringCurve>;

/** Who had died by the horizon, weighted; without a horizon who was dead when last seen, each weighing 1. */
export function statesAt({ timeDays, event }: FollowUp, censoring: Censoring, horizonDays: number | null) {
  if (horizonDays === null) return { died: event, weight: new Float64Array(event.length).fill(1) };
  return {
    died: event.map((died, i) => died && (timeDays[i] as number) <= horizonDays),
    weight: horizonWeights(censoring, timeDays, event, horizonDays),
  };
}

/** What is scored from the probability at the horizon (or of being dead when last seen). */
function decisions(
  followUp: FollowUp,
  censoring: Censoring,
  repeat: ScoredRepeat,
  rows: Int32Array,
  { horizonDays }: Times,
): Values {
  const width = repeat.probability.length / repeat.risk.length;
  const probability = Float64Array.from(rows, (i) => repeat.probability[i * width + width - 1] as number);
  if (probability.some(Number.isNaN)) return Object.fromEntries(decisionMetrics.map((name) => [name, null]));
  const states = statesAt(followUp, censoring, horizonDays);
  const matrix = weightedDecisions(states, probability, 0.5);
  const calibration = calibrationOf({ dead: states.died, probability, weight: states.weight });
  return {
    prAuc: orNull(() => weightedPrAuc(states, probability)),
    brier: weightedBrier(states, probability),
    logLoss: weightedLogLoss(states, probability),
    accuracy: accuracy(matrix),
    f1Weighted: f1Weighted(matrix),
    precision: precision(matrix),
    recall: recall(matrix),
    calibrationSlope: calibration?.slope ?? null,
    calibrationIntercept: calibration?.intercept ?? null,
  };
}

/** Metrics that need a probability at the horizon. */
export const decisionMetrics = [
  'prAuc',
  'brier',
  'logLoss',
  'accuracy',
  'f1Weighted',
  'precision',
  'recall',
  'calibrationSlope',
  'calibrationIntercept',
] as const;

/** What needs survival over time; the risks of a repeat are recalibrated, so that patients of different folds compare. */
function overTime(
  followUp: FollowUp,
  censoring: Censoring,
  repeat: ScoredRepeat,
  rows: Int32Array,
  timesDays: readonly number[],
): Values {
  const width = repeat.probability.length / repeat.risk.length;
  const count = timesDays.length;
  const survival = new Float64Array(rows.length * count);
  for (const [k, i] of rows.entries()) {
    for (let t = 0; t < count; t++) survival[k * count + t] = 1 - (repeat.probability[i * width + t] as number);
  }
  const risk = Float64Array.from(rows, (i) => repeat.risk[i] as number);
  return {
    integratedBrier: survival.some(Number.isNaN)
      ? null
      : integratedScore(timesDays, survivalBrier(followUp, survival, censoring, timesDays)),
    dynamicAuc: orNull(() => dynamicAuc(followUp, risk, censoring, timesDays).mean),
  };
}

/** A metric that a sample cannot define (one class, no comparable pair) has no value. */
export function orNull<Value>(compute: () => Value): Value | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TrainingError) return null;
    throw error;
  }
}
