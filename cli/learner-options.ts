import { InvalidArgumentError, Option } from 'commander';
import {
  type AftDistribution,
  aftDistributions,
  type ObjectiveName,
  objectiveNames,
  type PcaPlan,
} from '../training/index.js';
import { wholeNumber } from './option-values.js';

/** Settings of a learner, as `evaluate` and `train` take them. */
export interface GivenLearner {
  readonly pcaSize: Exclude<PcaPlan, { kind: 'none' }>['size'];
  readonly objective?: ObjectiveName;
  readonly aftDistribution?: AftDistribution;
  readonly search?: 'random' | 'halving';
  readonly trials?: number;
}

/** What `--pca` takes. */
export const pcaKinds = ['none', 'joint', 'per-modality'] as const;

/** The options behind `GivenLearner`. */
export function learnerOptions(): readonly Option[] {
  return [
    new Option('--pca-size <size>', 'share of the variance (0.95) or number of components (20)')
      .argParser(pcaSize)
      .default({ varianceShare: 0.95 }, '0.95'),
    new Option('--objective <name>', 'of trees and gblinear').choices([...objectiveNames]),
    new Option('--aft-distribution <name>', 'of survival:aft; drawn like other settings when left out').choices([
      ...aftDistributions,
    ]),
    new Option('--search <how>', "how a booster's settings are searched in the inner folds (default: halving)").choices(
      ['random', 'halving'],
    ),
    new Option('--trials <n>', "draws of a booster's settings (default: 12)").argParser(wholeNumber(1, 1000)),
  ];
}

/** The booster's settings that were given; what was left out stays out. */
export function boosterSettings({ objective, aftDistribution, search, trials }: GivenLearner) {
  return {
    ...(objective !== undefined && { objective }),
    ...(aftDistribution !== undefined && { aftDistribution }),
    ...(search !== undefined && { search }),
    ...(trials !== undefined && { trials }),
  };
}

const daysOf: Readonly<Record<string, number>> = { d: 1, m: 30.4375, y: 365.25 };

/** `730d`, `24m` (of 30.4375 days), `2y` (of 365.25 days). @throws InvalidArgumentError */
export function dayCount(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([dmy])?$/.exec(text);
  const value = Number(found?.[1]) * (daysOf[found?.[2] ?? 'd'] ?? Number.NaN);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a time such as 730d, 24m or 2y.');
}

/** A share below 1 or a number of components. @throws InvalidArgumentError */
export function pcaSize(text: string): GivenLearner['pcaSize'] {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1) return { components: value };
  if (/^0?\.\d+$/.test(text) && value > 0) return { varianceShare: value };
  throw new InvalidArgumentError('expected a share of the variance (0.95) or a number of components (20).');
}
