import type { FeatureDefinition, FeatureGroup, StoreValue } from '../../contract/index.js';
import { awsType } from './definitions.js';
import { badField, RequestError } from './errors.js';
import { type Fields, fieldsOf, list, optionalText, text } from './fields.js';

const whole = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** The two forms that the cloud store takes. */
const isoSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/**
 * Reads `Record`, a list of feature values; an empty text is a missing value.
 * @returns values by feature name in the types of the group, event time in milliseconds since 1970 UTC
 * @throws RequestError naming feature, value and expected type
 */
export function readRecord(fields: Fields, field: string, group: FeatureGroup): Readonly<Record<string, StoreValue>> {
  const definitions = new Map(group.definitions.map((d) => [d.name, d]));
  const values: Record<string, StoreValue> = {};
  for (const item of list(fields, field)) {
    const one = fieldsOf(item, field, ['FeatureName', 'ValueAsString', 'ValueAsStringList']);
    const name = text(one, 'FeatureName');
    const definition = definitions.get(name);
    if (definition === undefined) {
      throw new RequestError('validation', `Group "${group.name}" has no feature "${name}"`);
    }
    if (one.ValueAsStringList !== undefined && one.ValueAsStringList !== null) {
      throw badField(
        'ValueAsStringList',
        `of feature "${name}" is not supported: a feature of this store is one value`,
      );
    }
    if (Object.hasOwn(values, name)) throw new RequestError('validation', `Feature "${name}" is given twice`);
    const given = optionalText(one, 'ValueAsString');
    values[name] = given === undefined || given === '' ? null : typedValue(given, definition, group);
  }
  for (const name of [group.recordIdentifier, group.eventTime]) {
    if ((values[name] ?? null) === null) throw new RequestError('validation', `Feature "${name}" has no value`);
  }
  return values;
}

function typedValue(given: string, definition: FeatureDefinition, group: FeatureGroup): StoreValue {
  const { name, type } = definition;
  if (name === group.eventTime) return eventTimeMs(given, group);
  const bad = (expected: string) =>
    new RequestError('validation', `Feature "${name}" has the value ${JSON.stringify(given)}, expected ${expected}`);
  if (type === 'string') {
    if (awsType(definition) === 'Integral' && !whole.test(given)) throw bad('a whole number');
    return given;
  }
  if (type === 'timestamp') return given;
  const number = Number(given);
  if (type === 'integer') {
    if (!whole.test(given) || !Number.isSafeInteger(number)) throw bad('a whole number below 2^53');
  } else if (!decimal.test(given) || !Number.isFinite(number)) throw bad('a decimal number');
  return number;
}

/**
 * An event time as the group declares it: ISO 8601 text in UTC, or seconds since 1970 (rounded to milliseconds, which the store holds).
 * @throws RequestError naming what was expected
 */
export function eventTimeMs(given: string, group: FeatureGroup): number {
  const definition = group.definitions.find((d) => d.name === group.eventTime);
  const fractional = definition !== undefined && awsType(definition) === 'Fractional';
  const ms = fractional ? secondsToMs(given) : isoToMs(given);
  if (Number.isFinite(ms) && Math.abs(ms) <= 8.64e15) return ms;
  const expected = fractional ? 'seconds since 1970' : 'ISO 8601 in UTC, as 2026-01-31T08:30:00Z';
  throw new RequestError(
    'validation',
    `EventTime "${group.eventTime}" has the value ${JSON.stringify(given)}, expected ${expected}`,
  );
}

function secondsToMs(given: string): number {
  return decimal.test(given) ? Math.round(Number(given) * 1000) : Number.NaN;
}

function isoToMs(given: string): number {
  const ms = isoSeconds.test(given) ? Date.parse(given) : Number.NaN;
  // Date.parse takes 31 February for 3 March
  const real = Number.isFinite(ms) && new Date(ms).toISOString().startsWith(given.slice(0, 10));
  return real ? ms : Number.NaN;
}
