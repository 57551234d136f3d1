import type {
  Column,
  DriftOptions,
  FeatureDefinition,
  FeatureDrift,
  FeatureStatistics,
  StatisticsOptions,
} from '../contract/index.js';
import { findDefinition } from '../dataset/roles.js';
import { storeError } from '../errors.js';
import type { Work } from '../sql/session.js';
import { describeNumbers, describeTexts, sortedPresent } from './describe.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { columnsAtOnce, countRows, scanColumns } from './read-columns.js';
import { numericStabilityIndex, textStabilityIndex } from './stability-index.js';

const defaultQuantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Describes the features of a group. @throws StoreError STORE_BAD_STATISTICS, STORE_UNKNOWN_GROUP, _VERSION or _FEATURE */
export async function groupStatistics(
  work: Work,
  group: string,
  options: StatisticsOptions,
): Promise<readonly FeatureStatistics[]> {
  checkKeys(options, ['features', 'version', 'window', 'knownAtMs', 'bins', 'top', 'quantiles']);
  const { version, window, knownAtMs, bins = 10, top = 10, quantiles = defaultQuantiles } = options;
  checkWhole('bins', bins, 1);
  checkWhole('top', top, 0);
  const wrong = quantiles.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw storeError('STORE_BAD_STATISTICS', `the quantile ${wrong} is not from 0 to 1`);
  const definitions = chosen(work, group, version, options.features);
  const fineness = { bins, top, quantiles };
  const found: FeatureStatistics[] = [];
  await scanColumns(work, { group, definitions, version, window, knownAtMs }, ({ name, type }, column) => {
    const described =
      column.type === 'string'
        ? describeTexts(name, column.values, fineness)
        : describeNumbers(name, type, column.values, fineness);
    found.push(described);
  });
  return found;
}

/** Compares two windows of event time. @throws as `groupStatistics` */
export async function groupDrift(work: Work, group: string, options: DriftOptions): Promise<readonly FeatureDrift[]> {
  checkKeys(options, ['baseline', 'current', 'features', 'version', 'bins']);
  const { baseline, current, version, bins = 10 } = options;
  checkWhole('bins', bins, 2);
  for (const [name, window] of Object.entries({ baseline, current })) {
    if (Number.isSafeInteger(window?.fromMs) && Number.isSafeInteger(window.beforeMs)) continue;
    throw storeError('STORE_BAD_STATISTICS', `the window "${name}" has no whole fromMs and beforeMs`);
  }
  const definitions = chosen(work, group, version, options.features);
  const drifts: FeatureDrift[] = [];
  const rows = await countRows(work, { group, definitions, version, window: baseline });
  // both windows of a feature are held together
  const width = columnsAtOnce(rows);
  for (let from = 0; from < definitions.length; from += width) {
    const block = definitions.slice(from, from + width);
    const before = new Map<string, Column>();
    await scanColumns(work, { group, definitions: block, version, window: baseline }, ({ name }, column) => {
      before.set(name, column);
    });
    await scanColumns(work, { group, definitions: block, version, window: current }, (definition, column) => {
      drifts.push(driftOf(definition, before.get(definition.name) as Column, column, bins));
    });
  }
  return drifts;
}

function driftOf({ name, type }: FeatureDefinition, before: Column, now: Column, bins: number): FeatureDrift {
  if (before.type === 'string' || now.type === 'string') {
    const present = ({ values }: Column): string[] => [...values].filter((v): v is string => typeof v === 'string');
    const [a, b] = [present(before), present(now)];
    const psi = a.length === 0 || b.length === 0 ? null : textStabilityIndex(a, b);
    return { feature: name, type, ...counts(a.length, before, b.length, now), psi, ks: null, ksPValue: null };
  }
  const [a, b] = [sortedPresent(before.values), sortedPresent(now.values)];
  const both = counts(a.length, before, b.length, now);
  if (a.length === 0 || b.length === 0) return { feature: name, type, ...both, psi: null, ks: null, ksPValue: null };
  const { statistic, pValue } = kolmogorovSmirnov(a, b);
  return { feature: name, type, ...both, psi: numericStabilityIndex(a, b, bins), ks: statistic, ksPValue: pValue };
}

function counts(a: number, before: Column, b: number, now: Column): Pick<FeatureDrift, 'baseline' | 'current'> {
  return {
    baseline: { count: a, missing: before.values.length - a },
    current: { count: b, missing: now.values.length - b },
  };
}

function chosen(
  { catalogue }: Work,
  group: string,
  version: number | undefined,
  features: readonly string[] | undefined,
): readonly FeatureDefinition[] {
  const stored = catalogue.version(group, version);
  if (features !== undefined) for (const name of features) findDefinition(stored, name);
  const { recordIdentifier, eventTime, definitions } = stored.group;
  const keys = [recordIdentifier, eventTime];
  const key = features?.find((name) => keys.includes(name));
  if (key !== undefined)
    throw storeError('STORE_BAD_STATISTICS', `"${key}" is a key of group "${group}", not a feature`);
  return definitions.filter(({ name }) => !keys.includes(name) && (features?.includes(name) ?? true));
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 1000) return;
  throw storeError('STORE_BAD_STATISTICS', `${name} is ${value}, expected a whole number from ${least} to 1000`);
}

function checkKeys(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw storeError('STORE_BAD_STATISTICS', `unknown option "${key}"; known: ${known.join(', ')}`);
  }
}
