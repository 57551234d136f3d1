import { ServingError, servingErrors } from '../errors.js';

/**
 * Records from JSON text: `{"instances": [record, …]}`, `[record, …]` or one record. What is in a record is not looked at here.
 * @throws ServingError SERVING_BAD_JSON, SERVING_BAD_SHAPE or SERVING_NO_ROWS
 */
export function parseJsonRecords(text: string): readonly unknown[] {
  const document = parseJson(text);
  if (Array.isArray(document)) return atLeastOne(document);
  if (document === null || typeof document !== 'object')
    throw badShape(document === null ? 'null' : `a ${typeof document}`);
  if (!Object.hasOwn(document, 'instances')) return [document];
  const { instances, ...others } = document as { readonly instances: unknown };
  if (!Array.isArray(instances)) throw badShape('an object whose "instances" is not a list');
  if (Object.keys(others).length > 0) throw badShape('an object with more in it than "instances"');
  return atLeastOne(instances);
}

/** @throws ServingError SERVING_BAD_JSON; the parser's own message is not used because it repeats the text */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const what = jsonTrouble(error.message, text.length);
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
