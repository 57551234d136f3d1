/** Spellings of missing that any column may use besides its own; compared in lower case. The empty cell is one. */
const spellingsOfMissing: ReadonlySet<string> = new Set([
  '',
  'n/a',
  'not assessed',
  'not collected',
  'not recorded in database',
  'unknown',
]);

/** White space collapsed and trimmed, lower case: the form in which cells, headers and categories are compared. */
export function folded(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Whether a cell is one of the spellings of missing, of the source in general or of this column. */
export function isMissing(text: string, ownSpellings: readonly string[]): boolean {
  const cell = folded(text);
  return spellingsOfMissing.has(cell) || ownSpellings.some((token) => folded(token) === cell);
}

/** @returns undefined when the text is no plain decimal number */
export function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** Milliseconds in a day of UTC. */
export const msPerDay = 86_400_000;

/** Days since 1970-01-01 of a date `M/D/YYYY` or `YYYY-MM-DD`; undefined when it is neither or no day of the calendar. */
export function dayIn(text: string): number | undefined {
  const trimmed = text.trim();
  const american = /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/.exec(trimmed);
  const iso = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/.exec(trimmed);
  const parts = (american ?? iso)?.groups;
  if (parts === undefined) return undefined;
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const time = new Date(Date.UTC(year, month - 1, day));
  // Date rolls 2/30 over to March; a day that does not exist must not become another one.
  const exists = time.getUTCFullYear() === year && time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  return exists ? time.getTime() / msPerDay : undefined;
}
