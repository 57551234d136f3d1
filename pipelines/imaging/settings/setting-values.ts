import { imagingError } from '../errors.js';

/** Reads one value of a parameter file, or refuses it with what was expected. */
export type Reader<T> = (file: string, name: string, value: unknown) => T;

/** A reader that says what it accepts, for messages and the reference: `a number above 0`. */
export interface StatedReader<T> extends Reader<T> {
  readonly expected: string;
}

/** A reader with a statement of what it accepts. */
export function readerOf<T>(expected: string, read: Reader<T>): StatedReader<T> {
  return Object.assign((file: string, name: string, value: unknown) => read(file, name, value), { expected });
}

const refuse = (file: string, name: string, value: unknown, expected: string): never => {
  throw imagingError('SETTINGS_VALUE', file, name, JSON.stringify(value) ?? String(value), expected);
};

/** A value that a test accepts. */
function reader<T>(expected: string, accepts: (value: unknown) => value is T): StatedReader<T> {
  return readerOf(expected, (file, name, value) => (accepts(value) ? value : refuse(file, name, value, expected)));
}

const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isInteger = (v: unknown): v is number => Number.isSafeInteger(v);

export const anyBoolean = reader('true or false', (v): v is boolean => typeof v === 'boolean');
export const positiveNumber = reader('a number above 0', (v): v is number => isNumber(v) && v > 0);
export const positiveInteger = reader('a whole number above 0', (v): v is number => isInteger(v) && v > 0);
export const wholeNumber = reader('a whole number', isInteger);
export const wholeFromZero = reader('a whole number of at least 0', (v): v is number => isInteger(v) && v >= 0);

/** One of a list of values. */
export function oneOf<T extends string | number>(...values: readonly T[]): StatedReader<T> {
  return reader(`one of ${values.join(', ')}`, (v): v is T => (values as readonly unknown[]).includes(v));
}

/** `null` (YAML `null`, `~` or nothing) besides what another reader accepts. */
export function orNull<T>(inner: StatedReader<T>): StatedReader<T | null> {
  return readerOf(`${inner.expected}, or null`, (file, name, value) =>
    value === null || value === undefined ? null : inner(file, name, value),
  );
}

/** A list of at least one value. */
export function listOf<T>(
  inner: Reader<T>,
  expected: string,
  accepts: (list: readonly T[]) => boolean,
): StatedReader<readonly T[]> {
  return readerOf(expected, (file, name, value) => {
    if (!Array.isArray(value)) return refuse(file, name, value, expected);
    const list = value.map((item: unknown) => inner(file, name, item));
    return accepts(list) ? list : refuse(file, name, value, expected);
  });
}

export const anyNumber = reader('a number', isNumber);

/** One value of a type that another reader turns into something else. */
export function mapped<A, B>(inner: StatedReader<A>, turn: (value: A) => B): StatedReader<B> {
  return readerOf(inner.expected, (file, name, value) => turn(inner(file, name, value)));
}

/** A number that stands for a name, or what another reader accepts. */
export function integerOr<T>(known: Readonly<Record<number, T>>, inner: StatedReader<T>): StatedReader<T> {
  return readerOf(`${inner.expected}; or its number`, (file, name, value) => {
    const item = typeof value === 'number' ? known[value] : undefined;
    return item ?? inner(file, name, value);
  });
}

export const numberFromZero = reader('a number of at least 0', (v): v is number => isNumber(v) && v >= 0);
/** A number, or NaN (YAML `.nan`). */
export const numberOrNaN = reader(
  'a number or .nan',
  (v): v is number => typeof v === 'number' && !(Math.abs(v) === Infinity),
);
