import { trainingError } from '../errors.js';
import { countTrue } from './input-checks.js';
import { type DrawInteger, seededDraw, shuffled } from './random.js';

/** Positions of the rows to fit on and of the rows to test on; ascending, disjoint, together all rows. */
export interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * A seeded split that keeps the share of deaths: of each class, the rounded share of its members is tested on
 * (at least one is, and at least one is not).
 * @param label     shape (n), true = died
 * @param testShare share of the rows to test on, (0, 1)
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS when a class has fewer than 2 members
 */
export function stratifiedSplit(label: readonly boolean[], testShare: number, seed: number): Split {
  assertMembers(label, 2);
  const draw = seededDraw(seed, 'holdout');
  const test = classes(label).flatMap((members) => {
    const count = Math.min(members.length - 1, Math.max(1, Math.round(members.length * testShare)));
    return shuffled(members, draw).slice(0, count);
  });
  return splitOn(label.length, new Set(test));
}

/** A seeded split that ignores the classes: of the shuffled rows the first floor(share x n) are fitted on. */
export function plainSplit(rows: readonly number[], trainShare: number, draw: DrawInteger): Split {
  const order = shuffled(rows, draw);
  const count = Math.floor(order.length * trainShare);
  const ascending = (a: number, b: number) => a - b;
  return { train: order.slice(0, count).sort(ascending), test: order.slice(count).sort(ascending) };
}

/**
 * Repeated stratified K-fold: in every repeat each row is tested on once, and the folds' numbers of deaths, and of
 * rows, differ by one at most.
 * @param label shape (n), true = died
 * @returns repeats x folds splits
 * @throws TrainingError TRAIN_TOO_FEW_PATIENTS when a class has fewer members than there are folds
 */
export function repeatedStratifiedFolds(
  label: readonly boolean[],
  options: { readonly folds: number; readonly repeats: number; readonly seed: number },
): readonly (readonly Split[])[] {
  assertMembers(label, options.folds);
  const draw = seededDraw(options.seed, 'folds');
  return Array.from({ length: options.repeats }, () => {
    // Dealt like cards, the second class going on where the first one ended: that evens out the sizes.
    const dealt = classes(label).flatMap((members) => shuffled(members, draw));
    return Array.from({ length: options.folds }, (_, fold) =>
      splitOn(label.length, new Set(dealt.filter((_row, k) => k % options.folds === fold))),
    );
  });
}

function assertMembers(label: readonly boolean[], needed: number): void {
  const dead = countTrue(label);
  const alive = label.length - dead;
  if (dead < needed || alive < needed) throw trainingError('TRAIN_TOO_FEW_PATIENTS', alive, dead, needed);
}

function classes(label: readonly boolean[]): readonly (readonly number[])[] {
  const of = (wanted: boolean) => label.flatMap((value, i) => (value === wanted ? [i] : []));
  return [of(false), of(true)];
}

function splitOn(n: number, test: ReadonlySet<number>): Split {
  const all = Array.from({ length: n }, (_, i) => i);
  return { train: all.filter((i) => !test.has(i)), test: all.filter((i) => test.has(i)) };
}
