import { assertLength, assertSurvivalTimes, orderBy } from './input-checks.js';

/** Probability of being still uncensored, G(t): a right-continuous step function that starts at 1. */
export interface CensoringCurve {
  /** Distinct observed times, ascending, days. */
  readonly timeDays: Float64Array;
  /** G just after each time. */
  readonly uncensored: Float64Array;
}

/**
 * Kaplan-Meier estimate of the censoring distribution: censorings are the events; at a tied time deaths come first, so they
 * have left the risk set when patients are censored.
 * @param timeDays shape (n), days from surgery, finite and >= 0
 * @param event    shape (n), true = died, false = censored
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SURVIVAL_TIME
 * @see Graf et al., Stat Med 1999;18:2529-2545
 */
export function censoringCurve(timeDays: Float64Array, event: readonly boolean[]): CensoringCurve {
  assertLength('event', event, timeDays.length);
  assertSurvivalTimes(timeDays);
  const order = orderBy(timeDays, 'ascending');
  const times: number[] = [];
  const uncensored: number[] = [];
  let share = 1;
  for (let start = 0; start < order.length; ) {
    const time = timeDays[order[start] as number] as number;
    let deaths = 0;
    let end = start;
    for (; end < order.length && timeDays[order[end] as number] === time; end++) {
      if (event[order[end] as number]) deaths++;
    }
    const censored = end - start - deaths;
    if (censored > 0) share *= 1 - censored / (order.length - start - deaths);
    times.push(time);
    uncensored.push(share);
    start = end;
  }
  return { timeDays: Float64Array.from(times), uncensored: Float64Array.from(uncensored) };
}

/** G(t); 1 before the first time, constant after the last. */
export function uncensoredAt(curve: CensoringCurve, timeDays: number): number {
  const at = lastAtOrBefore(curve.timeDays, timeDays);
  return at < 0 ? 1 : (curve.uncensored[at] as number);
}

/** Position of the last value <= x in an ascending list; -1 when there is none. */
export function lastAtOrBefore(ascending: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Inverse-probability-of-censoring weights of the state at a horizon: a patient who died by then weighs 1 / G(time), one
 * known to be alive then 1 / G(horizon), one censored before 0, because the state is not known.
 * @returns shape (n); 0 too where G is 0
 * @throws TrainingError TRAIN_LENGTHS_DIFFER
 */
export function horizonWeights(
  curve: CensoringCurve,
  timeDays: Float64Array,
  event: readonly boolean[],
  horizonDays: number,
): Float64Array {
  assertLength('event', event, timeDays.length);
  const after = uncensoredAt(curve, horizonDays);
  return timeDays.map((time, i) => {
    const share = time > horizonDays ? after : event[i] ? uncensoredAt(curve, time) : 0;
    return share > 0 ? 1 / share : 0;
  });
}
