import { ServingError, servingErrors } from '../errors.js';
import { assertShallow } from './json-depth.js';

/**
 * Records from JSON text: `{"instances": [record, …]}`, `[record, …]`, one record, or rows of numbers as `{"features": [[…], …]}`. A list of
 * numbers alone is one record. What is in a record is not looked at here.
 * @throws ServingError SERVING_BAD_JSON, SERVING_BAD_SHAPE or SERVING_NO_ROWS
 */
export function parseJsonRecords(text: string): readonly unknown[] {
  return recordsOf(parseJson(text));
}

/**
 * Records, one on each line that is not blank.
 * @throws ServingError SERVING_BAD_JSON naming the line, SERVING_NO_ROWS
 */
export function parseJsonLines(text: string): readonly unknown[] {
  const records: unknown[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() !== '') records.push(parseJson(line, `line ${i + 1}`));
  }
  return atLeastOne(records);
}

function recordsOf(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) {
    const numbers = document.length > 0 && document.every((value) => value === null || typeof value === 'number');
    return numbers ? [document] : atLeastOne(document);
  }
  if (document === null || typeof document !== 'object')
    throw badShape(document === null ? 'null' : `a ${typeof document}`);
  if (!Object.hasOwn(document, 'instances')) {
    const { features } = document as { readonly features?: unknown };
    const table = Array.isArray(features) && features.length > 0 && features.every(Array.isArray);
    return table && Object.keys(document).length === 1 ? features : [document];
  }
  const { instances, ...others } = document as { readonly instances: unknown };
  if (!Array.isArray(instances)) throw badShape('an object whose "instances" is not a list');
  if (Object.keys(others).length > 0) throw badShape('an object with more in it than "instances"');
  return atLeastOne(instances);
}

/**
 * @param where the text stands, when it is one of several
 * @throws ServingError SERVING_TOO_DEEP; SERVING_BAD_JSON: the parser's own message is not used because it repeats the text
 */
export function parseJson(text: string, where?: string): unknown {
  assertShallow(text);
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const trouble = jsonTrouble(error.message, text.length);
    const what = where === undefined ? trouble : `${where}: ${trouble}`;
    throw new ServingError('SERVING_BAD_JSON', servingErrors.SERVING_BAD_JSON(what));
  }
}

function jsonTrouble(message: string, length: number): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (message.includes('end of JSON') || Number(position) >= length) return 'it ends too early';
  const where = position === undefined ? '' : ` at position ${position}`;
  return `unexpected character${where} (NaN, single quotes and trailing commas are not JSON)`;
}

function atLeastOne(records: readonly unknown[]): readonly unknown[] {
  if (records.length === 0) throw new ServingError('SERVING_NO_ROWS', servingErrors.SERVING_NO_ROWS());
  return records;
}

function badShape(found: string): ServingError {
  return new ServingError('SERVING_BAD_SHAPE', servingErrors.SERVING_BAD_SHAPE(found));
}
