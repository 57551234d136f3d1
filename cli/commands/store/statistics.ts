import { Command, InvalidArgumentError } from 'commander';
import type { FeatureDrift, FeatureStatistics, TimeWindow } from '../../../featurestore/index.js';
import type { CommandContext } from '../../context.js';
import { textTable } from '../../io.js';
import { wholeNumber } from '../../option-values.js';
import { withStore } from './archive.js';

interface ChosenOptions {
  readonly store: string;
  readonly json?: boolean;
  readonly feature?: readonly string[];
  readonly groupVersion?: number;
  readonly bins?: number;
}

/** `thoracle store stats GROUP`, `thoracle store drift GROUP --baseline FROM..BEFORE --current FROM..BEFORE`. */
export function statisticsCommands(context: CommandContext): readonly Command[] {
  const stats = statisticsCommand('stats', 'count, missing, mean, quantiles, histogram, top values of each feature')
    .option('--window <from..before>', 'only event times in it, as 2010-01-01..2015-01-01 (UTC)', timeWindow)
    .action((group: string, options: ChosenOptions & { window?: TimeWindow }) => {
      const { window } = options;
      return withStore(context, options, true, async (store) => {
        const found = await store.statistics(group, { ...chosen(options), ...(window && { window }) });
        return { document: found, text: () => statisticsText(found) };
      });
    });
  const drift = statisticsCommand('drift', 'how far features moved between two windows of event time (PSI, KS)')
    .requiredOption('--baseline <from..before>', 'as 2010-01-01..2015-01-01 (UTC)', timeWindow)
    .requiredOption('--current <from..before>', 'as 2015-01-01..2020-01-01 (UTC)', timeWindow)
    .action((group: string, options: ChosenOptions & { baseline: TimeWindow; current: TimeWindow }) => {
      const { baseline, current } = options;
      return withStore(context, options, true, async (store) => {
        const found = await store.drift(group, { ...chosen(options), baseline, current });
        return { document: found, text: () => driftText(found) };
      });
    });
  return [stats, drift];
}

function statisticsCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<group>')
    .requiredOption('--store <file>', 'the store’s file or postgres://…')
    .option('--feature <name...>', 'these features only')
    .option('--group-version <n>', 'records of this version only', wholeNumber(1, 1_000_000))
    .option('--bins <n>', 'bins; default 10', wholeNumber(2, 1000))
    .option('--json', 'print one JSON document');
}

function chosen({ feature: features, groupVersion: version, bins }: ChosenOptions) {
  return { ...(features && { features }), ...(version && { version }), ...(bins && { bins }) };
}

/** `2010-01-01..2015-01-01`. @throws InvalidArgumentError */
function timeWindow(text: string): TimeWindow {
  const parts = text.split('..');
  const [fromMs, beforeMs] = parts.map((part) => (/^\d{4}-\d\d-\d\d/.test(part) ? Date.parse(part) : Number.NaN));
  if (parts.length === 2 && fromMs !== undefined && beforeMs !== undefined && fromMs < beforeMs)
    return { fromMs, beforeMs };
  throw new InvalidArgumentError('expected two ascending dates, as 2010-01-01..2015-01-01.');
}

function statisticsText(found: readonly FeatureStatistics[]): string {
  const rows = found.map(({ feature, count, missing, distinct, numeric, top }) => [
    feature,
    count,
    missing,
    distinct,
    ...[numeric?.mean, numeric?.sd, numeric?.min, numeric?.max].map(shown),
    top[0] === undefined ? '-' : `${top[0].value} (${top[0].count})`,
  ]);
  return textTable(['feature', 'count', 'missing', 'distinct', 'mean', 'sd', 'min', 'max', 'most frequent'], rows);
}

function driftText(found: readonly FeatureDrift[]): string {
  const rows = found.map(({ feature, baseline, current, psi, ks, ksPValue }) => [
    feature,
    baseline.count,
    current.count,
    shown(psi),
    shown(ks),
    shown(ksPValue),
  ]);
  return textTable(['feature', 'baseline', 'current', 'PSI', 'KS', 'p'], rows);
}

function shown(value: number | null | undefined): number | string {
  return value === null || value === undefined ? '-' : Number(value.toPrecision(6));
}
