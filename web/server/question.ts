import { StudioError, studioErrors } from './errors.js';

/** The parameters of a question as they came: a name that comes twice is a list. */
export type Question = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @throws StudioError STUDIO_BAD_QUERY */
export function badQuestion(name: string, found: unknown, expected: string): StudioError {
  return new StudioError(
    'STUDIO_BAD_QUERY',
    studioErrors.STUDIO_BAD_QUERY(name, JSON.stringify(String(found).slice(0, 60)), expected),
  );
}

/** A text; undefined when it is not there. @throws StudioError STUDIO_BAD_QUERY when it comes twice or is too long */
export function textOf(question: Question, name: string): string | undefined {
  const text = question[name];
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string') throw badQuestion(name, text.join(', '), 'one value');
  if (text.length > 300) throw badQuestion(name, text, 'at most 300 characters');
  return text;
}

/** A whole number within bounds. @throws StudioError STUDIO_BAD_QUERY */
export function wholeOf<Missing>(
  question: Question,
  name: string,
  { low, high, missing }: { readonly low: number; readonly high: number; readonly missing: Missing },
): number | Missing {
  const text = textOf(question, name);
  if (text === undefined) return missing;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw badQuestion(name, text, `a whole number from ${low} to ${high}`);
}

/** A time, milliseconds since 1970 UTC; a time without a zone is UTC. @throws StudioError STUDIO_BAD_QUERY */
export function timeOf(question: Question, name: string): number | undefined {
  const text = textOf(question, name);
  if (text === undefined) return undefined;
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const ms = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${parts[3] ?? 'Z'}`);
  if (Number.isNaN(ms)) throw badQuestion(name, text, 'a time like 2026-01-31 or 2026-01-31T12:00:00Z');
  return ms;
}

/** Yes (`1`) or nothing. @throws StudioError STUDIO_BAD_QUERY */
export function isYes(question: Question, name: string): boolean {
  const text = textOf(question, name);
  if (text === undefined) return false;
  if (text === '1') return true;
  throw badQuestion(name, text, '1 or nothing');
}
