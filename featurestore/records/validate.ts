import type { Column, FeatureDefinition, FeatureTable, ValidationRule } from '../contract/index.js';
import { nearestNames } from '../dataset/nearest.js';
import { storeError } from '../errors.js';

/** Why rows are not to be written: sentences by row, counted from 0. */
export type InvalidRows = ReadonlyMap<number, readonly string[]>;

type Check = (value: string | number | null) => string | undefined;

const keys = ['feature', 'min', 'max', 'allowed', 'required', 'maxMissingRate'];

/**
 * Holds every value against the rules of its feature.
 * @param known rows that are invalid for other reasons
 * @returns the rows that break a rule
 * @throws StoreError STORE_BAD_RULE for a rule that cannot be, STORE_MISSING_RATE when too much of a column is missing
 */
export function findInvalidRows(
  table: FeatureTable,
  rules: readonly ValidationRule[],
  known: InvalidRows = new Map(),
): InvalidRows {
  const invalid = new Map<number, string[]>([...known].map(([row, reasons]) => [row, [...reasons]]));
  for (const rule of rules) {
    const definition = ruledFeature(table, rule);
    const column = table.columns.get(rule.feature) as Column;
    checkMissingRate(table.group.name, rule, column);
    const check = checkOf(rule, definition);
    for (let row = 0; row < table.rowCount; row++) {
      const value = column.values[row] ?? null;
      const reason = check(typeof value === 'number' && Number.isNaN(value) ? null : value);
      if (reason === undefined) continue;
      const reasons = invalid.get(row) ?? [];
      reasons.push(reason);
      invalid.set(row, reasons);
    }
  }
  return new Map([...invalid].sort(([a], [b]) => a - b));
}

/** @throws StoreError STORE_INVALID_ROWS naming the first rows, when there are any */
export function refuseInvalidRows(group: string, invalid: InvalidRows, firstRow = 1): void {
  if (invalid.size === 0) return;
  const shown = [...invalid].slice(0, 3).map(([row, reasons]) => `row ${row + firstRow}: ${reasons.join(', ')}`);
  const rest = invalid.size > 3 ? '; …' : '';
  throw storeError('STORE_INVALID_ROWS', group, invalid.size, shown.join('; ') + rest);
}

function ruledFeature({ group }: FeatureTable, rule: ValidationRule): FeatureDefinition {
  const bad = (what: string) => storeError('STORE_BAD_RULE', group.name, what);
  for (const key of Object.keys(rule)) {
    if (!keys.includes(key)) throw bad(`unknown condition "${key}"; known: ${keys.join(', ')}`);
  }
  const definition = group.definitions.find((d) => d.name === rule.feature);
  if (definition === undefined) {
    const names = group.definitions.map((d) => d.name);
    throw bad(`there is no feature "${rule.feature}"; nearest: ${nearestNames(String(rule.feature), names)}`);
  }
  const { min, max, maxMissingRate: rate, allowed } = rule;
  if (definition.type === 'string' && (min !== undefined || max !== undefined)) {
    throw bad(`"${rule.feature}" is text and has no range`);
  }
  if ([min, max].some((bound) => bound !== undefined && (typeof bound !== 'number' || Number.isNaN(bound)))) {
    throw bad(`a bound of "${rule.feature}" is no number`);
  }
  if (min !== undefined && max !== undefined && min > max)
    throw bad(`"${rule.feature}": min ${min} is above max ${max}`);
  if (rate !== undefined && !(rate >= 0 && rate <= 1))
    throw bad(`"${rule.feature}": maxMissingRate is ${rate}, expected 0 to 1`);
  const wanted = definition.type === 'string' ? 'string' : 'number';
  if (allowed?.some((value) => typeof value !== wanted)) {
    throw bad(`"${rule.feature}": the allowed values are not all of type ${wanted}`);
  }
  return definition;
}

/**
 * Shares of missing values over the pieces of a table.
 * @param missing how many values are missing, by feature
 * @throws StoreError STORE_MISSING_RATE
 */
export function checkMissingRates(
  group: string,
  rules: readonly ValidationRule[],
  missing: ReadonlyMap<string, number>,
  rowCount: number,
): void {
  for (const { feature, maxMissingRate: most } of rules) {
    const rate = (missing.get(feature) ?? 0) / Math.max(1, rowCount);
    if (most !== undefined && rate > most) throw tooMuchMissing(group, feature, rate, most);
  }
}

function tooMuchMissing(group: string, feature: string, found: number, most: number): Error {
  const percent = (rate: number): string => `${Number((100 * rate).toFixed(2))} %`;
  return storeError('STORE_MISSING_RATE', group, feature, percent(found), percent(most));
}

function checkMissingRate(group: string, { feature, maxMissingRate }: ValidationRule, { values }: Column): void {
  if (maxMissingRate === undefined || values.length === 0) return;
  let missing = 0;
  for (const value of values) if (value === null || Number.isNaN(value)) missing++;
  if (missing / values.length <= maxMissingRate) return;
  throw tooMuchMissing(group, feature, missing / values.length, maxMissingRate);
}

function checkOf({ feature, min, max, allowed, required }: ValidationRule, { type }: FeatureDefinition): Check {
  const choices = allowed === undefined ? undefined : new Set(allowed);
  const shown = (value: string | number): string =>
    type === 'timestamp' ? new Date(Number(value)).toISOString() : JSON.stringify(value);
  return (value) => {
    if (value === null) return required === true ? `"${feature}" is missing` : undefined;
    if (typeof value === 'number') {
      if (min !== undefined && value < min) return `"${feature}" is ${shown(value)}, below ${shown(min)}`;
      if (max !== undefined && value > max) return `"${feature}" is ${shown(value)}, above ${shown(max)}`;
    }
    if (choices === undefined || choices.has(value)) return undefined;
    return `"${feature}" is ${shown(value)}, expected one of ${[...choices].slice(0, 10).map(shown).join(', ')}`;
  };
}
