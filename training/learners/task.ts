import { censoringCurve, horizonWeights } from '../evaluate/index.js';
import { binomialLikelihood, coxLikelihood, type Likelihood } from '../penalised/index.js';
import type { Sample } from '../sample.js';

/** What a model predicts. */
export type Task =
  /** Dead or alive when last seen. */
  | { readonly kind: 'status' }
  /** Dead or alive at a horizon, days from surgery; who was censored before it counts through others (IPCW). */
  | { readonly kind: 'horizon'; readonly horizonDays: number }
  /** Survival over time. */
  | { readonly kind: 'survival' };

/** The outcome of some patients as a task sees it; arrays are in the order of the rows asked for. */
export interface TaskOutcome {
  readonly timeDays: Float64Array;
  readonly event: readonly boolean[];
  /** Of `status` and `horizon`: true = died (by the horizon). */
  readonly label: readonly boolean[];
  /** Inverse probability of censoring; 0 where the state at the horizon is not known; undefined = 1 for all. */
  readonly weight: Float64Array | undefined;
}

/**
 * @param rows      positions in the sample
 * @param curveRows patients whose follow-up gives the censoring distribution of a horizon; `rows` when left out
 */
export function outcomeOf(
  sample: Sample,
  rows: readonly number[],
  task: Task,
  curveRows: readonly number[] = rows,
): TaskOutcome {
  const { timeDays, event } = followUpOf(sample, rows);
  if (task.kind !== 'horizon') return { timeDays, event, label: event, weight: undefined };
  const known = curveRows === rows ? { timeDays, event } : followUpOf(sample, curveRows);
  const curve = censoringCurve(known.timeDays, known.event);
  const { horizonDays } = task;
  return {
    timeDays,
    event,
    label: event.map((died, i) => died && (timeDays[i] as number) <= horizonDays),
    weight: horizonWeights(curve, timeDays, event, horizonDays),
  };
}

/** Days and deaths of the rows. */
export function followUpOf(sample: Sample, rows: readonly number[]) {
  return {
    timeDays: Float64Array.from(rows, (i) => sample.timeDays[i] as number),
    event: rows.map((i) => sample.dead[i] === true),
  };
}

/** Cox's partial likelihood for survival, else the (weighted) binomial one. */
export function likelihoodOf({ timeDays, event, label, weight }: TaskOutcome, task: Task): Likelihood {
  return task.kind === 'survival' ? coxLikelihood(timeDays, event) : binomialLikelihood(label, weight);
}
