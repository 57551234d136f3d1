/** Everything that can be wrong with a model or with the rows it is asked about; code -> sentence. */
export const predictErrors = {
  PREDICT_NOT_A_MODEL: (what: string) => `This is not an XGBoost model: ${what}`,
  PREDICT_UNSUPPORTED_BOOSTER: (name: string) =>
    `The model's booster is "${name}"; gbtree, dart and gblinear can be evaluated`,
  PREDICT_UNSUPPORTED_OBJECTIVE: (name: string, supported: readonly string[]) =>
    `The model's objective is "${name}"; supported here: ${supported.join(', ')}`,
  PREDICT_NO_CONTRIBUTIONS: (why: string) => `The model's predictions cannot be split into contributions: ${why}`,
  PREDICT_BAD_BASE_SCORE: (text: string) =>
    `The model's base_score is ${text}; expected one finite number, or one for each output (between 0 and 1 for a logistic objective, above 0 for one with a logarithmic link)`,
  PREDICT_BAD_TREE: (tree: number, what: string) => `Tree ${tree} of the model is damaged: ${what}`,
  PREDICT_BOOSTER_COLUMNS: (booster: number, bundle: number) =>
    `The booster takes ${booster} inputs but the bundle's steps give ${bundle}`,
  PREDICT_BAD_BUNDLE: (what: string) => `The model bundle contradicts itself: ${what}`,
  PREDICT_UNKNOWN_COLUMN: () => 'not a column of the model',
  PREDICT_DUPLICATE_COLUMN: () => 'named more than once',
  PREDICT_NOT_A_NUMBER: (found: string) => `found ${found} where a number or nothing (missing) is expected`,
  PREDICT_OUT_OF_FLOAT32: () => 'the number is infinite or larger than a 32-bit float can hold',
  PREDICT_NO_LOGARITHM: () => 'the number is -1 or less, but the model takes the logarithm of 1 + it',
  PREDICT_COLUMN_COUNT: (found: number, expected: number) => `has ${found} columns, expected ${expected}`,
  PREDICT_EMPTY_RECORD: () => 'holds no value for any column of the model',
  PREDICT_BAD_FEATURES: () =>
    'is neither {"features": […]} nor {"data": {"features": {"values": […]}}}, nor the latter with "keys": […] and "shape": [n]',
  PREDICT_NOT_A_RECORD: (found: string) => `is ${found}, expected an object of column names and numbers`,
} as const;

export type PredictErrorCode = keyof typeof predictErrors;

/** Where the trouble is. `record` counts from 0; `column` is a column's name as the caller wrote it. */
export interface PredictPlace {
  readonly record?: number;
  readonly column?: string;
}

/**
 * A model that cannot be evaluated, or a row that cannot be used. `reason` is the sentence without the place; `message`
 * names the record (counted from 1) and the column too. Cell contents are never repeated: they may be anything.
 */
export class PredictError extends Error {
  readonly record: number | undefined;
  readonly column: string | undefined;

  constructor(
    readonly code: PredictErrorCode,
    readonly reason: string,
    place: PredictPlace = {},
  ) {
    super(sentence(reason, place));
    this.name = 'PredictError';
    this.record = place.record;
    this.column = place.column;
  }
}

/** The error of a catalogue row: `throw predictError('PREDICT_COLUMN_COUNT', [9, 8])`. */
export function predictError<Code extends PredictErrorCode>(
  code: Code,
  given: Parameters<(typeof predictErrors)[Code]>,
  place?: PredictPlace,
): PredictError {
  const row = predictErrors[code] as (...values: unknown[]) => string;
  return new PredictError(code, row(...given), place);
}

function sentence(reason: string, { record, column }: PredictPlace): string {
  const row = record === undefined ? '' : `row ${record + 1}`;
  const cell = column === undefined ? '' : `column ${quoted(column)}`;
  const place = [row, cell].filter((part) => part !== '').join(', ');
  if (place === '') return reason;
  return `${place.charAt(0).toUpperCase()}${place.slice(1)}: ${reason}`;
}

/** A name for a message: quoted, control characters escaped, at most 80 characters. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name);
}
