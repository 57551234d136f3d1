import type { Estimate } from '../bundle/index.js';
import { TrainingError } from '../errors.js';
import {
  accuracy,
  calibrationOf,
  censoringCurve,
  confusionMatrix,
  crossValidationWidening,
  f1Weighted,
  harrellC,
  integratedScore,
  prAuc,
  precision,
  recall,
  rocAuc,
  seededDraw,
  survivalBrier,
  unoC,
} from '../evaluate/index.js';
import type { AssessTask } from './task.js';

/** One repeat of a cross-validation: every patient predicted once by a model that never saw the patient. */
export interface ScoredRepeat {
  readonly fold: Int32Array;
  readonly risk: Float64Array;
  /** See `FoldAnswer.probability`. */
  readonly probability: Float64Array;
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
 * folds have different models; the others take all patients of a repeat. Intervals: percentile bootstrap of patients, widened
 * for shared training patients. A metric that is not defined is left out.
 */
export function scoreRepeats(
  outcomes: Outcomes,
  repeats: readonly ScoredRepeat[],
  task: AssessTask,
  options: { readonly folds: number; readonly seed: number },
): Readonly<Record<string, Estimate>> {
  const n = outcomes.dead.length;
  const everyone = Int32Array.from({ length: n }, (_, i) => i);
  const value = meanOf(repeats.map((repeat) => measure(outcomes, repeat, task, everyone)));
  const draw = seededDraw(options.seed, 'assess');
  const drawn = Array.from({ length: resamples }, () => {
    const rows = everyone.map(() => draw(n));
    return meanOf(repeats.map((repeat) => measure(outcomes, repeat, task, rows)));
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
  return name.startsWith('calibration') ? bound : Math.min(1, Math.max(0, bound));
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

function measure(outcomes: Outcomes, repeat: ScoredRepeat, task: AssessTask, rows: Int32Array): Values {
  const byFold = new Map<number, number[]>();
  for (const i of rows) {
    const fold = repeat.fold[i] as number;
    byFold.set(fold, [...(byFold.get(fold) ?? []), i]);
  }
  const parts = [...byFold.values()].map((members) => ranked(outcomes, repeat, members));
  const rank = Object.fromEntries(
    (['harrellC', 'unoC', 'rocAuc'] as const).map((name) => {
      const known = parts.flatMap((part) => (part[name] === null ? [] : [part[name]]));
      return [name, known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length];
    }),
  );
  return {
    ...rank,
    ...(task.kind === 'status' ? decided(outcomes, repeat, rows) : overTime(outcomes, repeat, task.timesDays, rows)),
  };
}

function ranked({ dead, timeDays }: Outcomes, { risk }: ScoredRepeat, rows: readonly number[]) {
  const event = rows.map((i) => dead[i] === true);
  const time = Float64Array.from(rows, (i) => timeDays[i] as number);
  const score = Float64Array.from(rows, (i) => risk[i] as number);
  const latest = Math.max(...time);
  return {
    harrellC: orNull(() => harrellC(time, event, score)),
    unoC: orNull(() => unoC({ timeDays: time, event }, score, censoringCurve(time, event), latest)),
    rocAuc: orNull(() => rocAuc(event, score)),
  };
}

function decided({ dead }: Outcomes, repeat: ScoredRepeat, rows: Int32Array): Values {
  const event = Array.from(rows, (i) => dead[i] === true);
  const probability = Float64Array.from(rows, (i) => repeat.probability[i] as number);
  const matrix = confusionMatrix(event, probability, 0.5);
  const calibration = calibrationOf({ dead: event, probability });
  let squares = 0;
  for (const [k, died] of event.entries()) squares += ((probability[k] as number) - (died ? 1 : 0)) ** 2;
  return {
    prAuc: orNull(() => prAuc(event, probability)),
    brier: squares / event.length,
    accuracy: accuracy(matrix),
    f1Weighted: f1Weighted(matrix),
    precision: precision(matrix),
    recall: recall(matrix),
    calibrationSlope: calibration?.slope ?? null,
    calibrationIntercept: calibration?.intercept ?? null,
  };
}

/** `brier` is the score at the middle time. */
function overTime(
  { dead, timeDays }: Outcomes,
  repeat: ScoredRepeat,
  times: readonly number[],
  rows: Int32Array,
): Values {
  const width = times.length;
  const event = Array.from(rows, (i) => dead[i] === true);
  const time = Float64Array.from(rows, (i) => timeDays[i] as number);
  const survival = Float64Array.from({ length: rows.length * width }, (_, k) => {
    return 1 - (repeat.probability[(rows[Math.floor(k / width)] as number) * width + (k % width)] as number);
  });
  if (survival.some(Number.isNaN)) return { brier: null, integratedBrier: null };
  const brier = survivalBrier({ timeDays: time, event }, survival, censoringCurve(time, event), times);
  return { brier: brier[width >> 1] ?? null, integratedBrier: integratedScore(times, brier) };
}

/** A metric that a sample cannot define (one class, no comparable pair) has no value. */
function orNull(compute: () => number): number | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TrainingError) return null;
    throw error;
  }
}
