import type { DatasetSpec } from '../contract/index.js';
import { storeError } from '../errors.js';

type Fields = Readonly<Record<string, unknown>>;

const joins: Readonly<Record<DatasetSpec['join'], true>> = { left: true, inner: true, full: true };

/**
 * Checks the shape of a spec, which may come from a file or a request; unknown keys are refused.
 * @throws StoreError STORE_BAD_SPEC
 */
export function checkSpec(spec: DatasetSpec): void {
  const top = fieldsOf(spec, 'the spec', ['groups', 'join', 'outcome', 'allow', 'asOfMs', 'knownAtMs']);
  if (typeof top.join !== 'string' || !Object.hasOwn(joins, top.join)) {
    throw bad(`join is ${JSON.stringify(top.join)}, expected left, inner or full`);
  }
  const names = checkGroups(top.groups);
  if (top.outcome !== undefined) {
    const outcome = fieldsOf(top.outcome, 'outcome', ['group', 'timeDays', 'event', 'version', 'upToSeq']);
    for (const key of ['group', 'timeDays', 'event']) textOf(outcome, key, 'outcome');
    checkPins(outcome, 'the outcome');
  }
  if (top.allow !== undefined) checkAllow(top.allow, names);
  for (const key of ['asOfMs', 'knownAtMs'] as const) {
    const value = top[key];
    if (value !== undefined && !Number.isFinite(value)) {
      throw bad(`${key} is ${JSON.stringify(value)}, expected milliseconds since 1970 UTC`);
    }
  }
}

function checkGroups(groups: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  for (const group of listOf(groups, 'groups')) {
    const fields = fieldsOf(group, 'an entry of groups', ['name', 'version', 'features', 'upToSeq']);
    const name = textOf(fields, 'name', 'an entry of groups');
    if (names.has(name)) throw bad(`group "${name}" is listed twice`);
    names.add(name);
    checkPins(fields, `group "${name}"`);
    if (fields.features !== undefined) checkFeatureList(name, fields.features);
  }
  if (names.size === 0) throw bad('groups is empty');
  return names;
}

function checkPins(fields: Fields, what: string): void {
  for (const key of ['version', 'upToSeq']) {
    const value = fields[key];
    if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)) continue;
    throw bad(`the ${key} of ${what} is ${JSON.stringify(value)}, expected a whole number`);
  }
}

function checkAllow(allow: unknown, joined: ReadonlySet<string>): void {
  for (const entry of listOf(allow, 'allow')) {
    const fields = fieldsOf(entry, 'an entry of allow', ['group', 'feature']);
    const group = textOf(fields, 'group', 'an entry of allow');
    const feature = textOf(fields, 'feature', 'an entry of allow');
    if (!joined.has(group)) throw bad(`allow names feature "${feature}" of group "${group}", which is not joined`);
  }
}

function checkFeatureList(group: string, features: unknown): void {
  const seen = new Set<unknown>();
  for (const feature of listOf(features, `features of group "${group}"`)) {
    if (typeof feature !== 'string') throw bad(`features of group "${group}" holds ${JSON.stringify(feature)}`);
    if (seen.has(feature)) throw bad(`feature "${feature}" of group "${group}" is listed twice`);
    seen.add(feature);
  }
}

function bad(what: string): Error {
  return storeError('STORE_BAD_SPEC', what);
}

function fieldsOf(value: unknown, what: string, known: readonly string[]): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw bad(`${what} is missing or no object`);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw bad(`${what} has the unknown key "${key}"; known: ${known.join(', ')}`);
  }
  return value as Fields;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw bad(`${what} is missing or no list`);
  return value;
}

function textOf(fields: Fields, key: string, what: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw bad(`${what} has no ${key}`);
  return value;
}
