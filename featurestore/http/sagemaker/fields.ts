import { badField } from './errors.js';

/** A JSON object of a request. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws RequestError when it is no object, or has a field that the server does not know and would silently pass over */
export function fieldsOf(value: unknown, where: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badField(where, 'is not an object');
  for (const [name, given] of Object.entries(value)) {
    if (given !== null && !known.includes(name)) {
      throw badField(name, `is not a field of ${where} that this server knows; it knows ${known.join(', ')}`);
    }
  }
  return value as Fields;
}

/** A text, undefined when absent. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw badField(name, 'is not a text');
  return value;
}

/** A text that must be there and not empty. */
export function text(fields: Fields, name: string): string {
  const value = optionalText(fields, name);
  if (value === undefined || value === '') throw badField(name, 'is missing');
  return value;
}

/** One of some texts, undefined when absent. */
export function optionalChoice<Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw badField(name, `is ${JSON.stringify(value)}, expected ${choices.join(', ')}`);
  return found;
}

/** A list, empty when absent. */
export function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value)) throw badField(name, 'is not a list');
  return value;
}

/** A list of texts, undefined when absent or empty. */
export function optionalTexts(fields: Fields, name: string): readonly string[] | undefined {
  const value = list(fields, name);
  if (value.length === 0) return undefined;
  return value.map((item) => {
    if (typeof item !== 'string') throw badField(name, 'holds something that is not a text');
    return item;
  });
}

/** A whole number from `lowest` to `highest`, undefined when absent. */
export function optionalWhole(fields: Fields, name: string, lowest: number, highest: number): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > highest) {
    throw badField(name, `is ${JSON.stringify(value)}, expected a whole number from ${lowest} to ${highest}`);
  }
  return value;
}

/** A truth value, undefined when absent. */
export function optionalFlag(fields: Fields, name: string): boolean | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw badField(name, 'is neither true nor false');
  return value;
}

const unitMs = {
  Seconds: 1000,
  Minutes: 60_000,
  Hours: 3_600_000,
  Days: 86_400_000,
  Weeks: 604_800_000,
} as const;
const units = Object.keys(unitMs) as (keyof typeof unitMs)[];

/** `TtlDuration` in milliseconds, undefined when absent. */
export function optionalTtlMs(fields: Fields, name = 'TtlDuration'): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  const ttl = fieldsOf(value, name, ['Unit', 'Value']);
  const unit = optionalChoice(ttl, 'Unit', units);
  const count = optionalWhole(ttl, 'Value', 1, 2 ** 31 - 1);
  if (unit === undefined || count === undefined) throw badField(name, 'needs Unit and Value');
  return count * unitMs[unit];
}

/** Milliseconds as `TtlDuration` in the largest unit that holds them whole. */
export function ttlDuration(ttlMs: number): { readonly Unit: string; readonly Value: number } {
  const unit = units.findLast((name) => ttlMs % unitMs[name] === 0) ?? 'Seconds';
  return { Unit: unit, Value: ttlMs / unitMs[unit] };
}
