import { predictError, type predictErrors } from '../errors.js';

/** An object of a model document whose members have not been looked at yet. */
export type Json = Readonly<Record<string, unknown>>;

/** A typed array of UBJSON, or a list of JSON. */
export type NumberList = ArrayLike<number>;

/** @throws PredictError PREDICT_NOT_A_MODEL */
export function object(value: unknown, what: string): Json {
  if (value !== null && typeof value === 'object' && !isList(value)) return value as Json;
  return notAModel(`${what} is not an object`);
}

/** @throws PredictError PREDICT_NOT_A_MODEL */
export function array(value: unknown, what: string): ArrayLike<unknown> {
  return isList(value) ? value : notAModel(`${what} is not a list`);
}

/** A count, which XGBoost writes as text. @throws PredictError PREDICT_NOT_A_MODEL */
export function integer(value: unknown, what: string): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
  return notAModel(`${what} is not a count`);
}

/** A list of numbers; booleans, as in hand-made models, count as 0 and 1, null as NaN. @throws PredictError of the caller's making */
export function numbers(value: unknown, refuse: (why: string) => never): NumberList {
  if (!isList(value)) return refuse('is not a list of numbers');
  if (ArrayBuffer.isView(value)) return value as unknown as NumberList;
  return Array.from(value, (item) => {
    if (typeof item === 'boolean') return item ? 1 : 0;
    if (item === null) return Number.NaN;
    return typeof item === 'number' ? item : refuse('holds something that is not a number');
  });
}

/** @throws PredictError PREDICT_NOT_A_MODEL */
export function notAModel(why: string): never {
  return fail('PREDICT_NOT_A_MODEL', why);
}

/** @param t tree, from 0 @throws PredictError PREDICT_BAD_TREE */
export function badTree(t: number, what: string): never {
  return fail('PREDICT_BAD_TREE', t, what);
}

/** Throws a catalogued error. */
export function fail<Code extends keyof typeof predictErrors>(
  code: Code,
  ...given: Parameters<(typeof predictErrors)[Code]>
): never {
  throw predictError(code, given);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
