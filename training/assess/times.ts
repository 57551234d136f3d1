import type { Task } from '../learners/index.js';
import type { Sample } from '../sample.js';
import type { AssessOptions } from './options.js';

/** What is predicted and when it is scored. */
export interface Times {
  readonly task: Task;
  /** Of a survival task: ten times, ascending, over which scores are integrated. Empty for the others. */
  readonly timesDays: readonly number[];
  /** Where probabilities become decisions; null: dead or alive when last seen. */
  readonly horizonDays: number | null;
}

/**
 * Survival is scored at ten times, from the 10 % to the 90 % quantile of the times of death, and at a horizon (the middle
 * one of them unless one is asked for).
 */
export function timesOf({ timeDays, dead }: Sample, { task, horizonDays }: AssessOptions): Times {
  if (task === 'status') {
    if (horizonDays === undefined) return { task: { kind: 'status' }, timesDays: [], horizonDays: null };
    return { task: { kind: 'horizon', horizonDays }, timesDays: [], horizonDays };
  }
  const deaths = timeDays.filter((_, i) => dead[i]).sort();
  const at = (k: number) => deaths[Math.round((0.1 + 0.088 * k) * (deaths.length - 1))] as number;
  const timesDays = [...new Set(Array.from({ length: 10 }, (_, k) => at(k)))];
  const middle = timesDays[timesDays.length >> 1] as number;
  return { task: { kind: 'survival' }, timesDays, horizonDays: horizonDays ?? middle };
}

/** The columns of a probability matrix: the times and, last, the horizon. */
export function askedDays({ task, timesDays, horizonDays }: Times): readonly number[] {
  return task.kind === 'survival' && horizonDays !== null ? [...timesDays, horizonDays] : [];
}
