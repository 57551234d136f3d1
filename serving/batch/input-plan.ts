import { ServingError, servingErrors } from '../errors.js';
import { PredictError, predictErrors, quoted } from '../predict/index.js';
import type { InputNames, NameList } from '../rows/input-names.js';
import { outputNames } from './output-names.js';

/** Which columns of the input are no inputs of the model. */
export interface ColumnChoice {
  /** The column that says who a row is about; without it, the one that is called like an identifier. */
  readonly id?: string;
  /** Columns to pass over. */
  readonly ignore?: readonly string[];
}

/** What each column of the input is for. */
export interface InputPlan {
  /** The model's columns, or its principal components. */
  readonly list: NameList;
  /** Columns of the input, in its order. */
  readonly header: readonly string[];
  /** Shape (header.length): place in `list`, or `passedOver`, or `identifies`. */
  readonly targets: Int32Array;
  /** Name of the identifier's column; undefined when the input has none. */
  readonly idName: string | undefined;
  /** Columns of the model that the input does not have. */
  readonly absent: readonly string[];
}

/** Target of a column that nothing is done with. */
export const passedOver = -1;
/** Target of the column of identifiers. */
export const identifies = -2;

/** Names of identifiers without case, blanks, `_` and `-`. */
const idNames: ReadonlySet<string> = new Set(['id', 'case', 'caseid', 'patient', 'patientid', 'recordid', 'subjectid']);
const mostNamed = 5;

/**
 * Finds out what the columns of an input are for. They are the model's columns, any of them in any order, or its components; the rest is named by
 * `choice`, or refused.
 * @throws ServingError SERVING_BATCH_COLUMNS; PredictError PREDICT_DUPLICATE_COLUMN
 */
export function inputPlan(
  file: string,
  header: readonly string[],
  { features, components }: InputNames,
  { id, ignore = [] }: ColumnChoice,
): InputPlan {
  const wrong = (what: string) =>
    new ServingError('SERVING_BATCH_COLUMNS', servingErrors.SERVING_BATCH_COLUMNS(file, what));
  assertDistinct(header);
  for (const name of [...(id === undefined ? [] : [id]), ...ignore]) {
    if (!header.includes(name)) throw wrong(`there is no column ${quoted(name)}`);
  }
  const list = header.some((name) => features.at.has(name)) ? features : components;
  if (!header.some((name) => list.at.has(name))) {
    throw wrong(`it names none of the model's (${features.names.slice(0, mostNamed).map(quoted).join(', ')} …)`);
  }
  const others = header.filter((name) => !list.at.has(name) && name !== id && !ignore.includes(name));
  const guessed =
    id === undefined ? others.filter((name) => idNames.has(name.toLowerCase().replace(/[\s_-]/g, ''))) : [];
  if (guessed.length > 1) throw wrong(`${named(guessed)} may both identify a row; name one with --id`);
  const idName = id ?? guessed[0];
  const unknown = others.filter((name) => name !== idName);
  if (unknown.length > 0) {
    throw wrong(
      `it does not take ${named(unknown)}; say --id for the identifier, --ignore for what is to be passed over`,
    );
  }
  if (idName !== undefined && list.at.has(idName)) throw wrong(`${quoted(idName)} is one of its inputs, no identifier`);
  if (idName !== undefined && outputNames.has(idName)) {
    throw wrong(`the identifier cannot be called ${quoted(idName)}, as a column of the output is`);
  }
  const skipped = new Set(ignore);
  const targets = Int32Array.from(header, (name) => {
    if (name === idName) return identifies;
    return skipped.has(name) ? passedOver : (list.at.get(name) as number);
  });
  const given = new Set(header.filter((name) => !skipped.has(name)));
  return { list, header, targets, idName, absent: list.names.filter((name) => !given.has(name)) };
}

function assertDistinct(header: readonly string[]): void {
  const seen = new Set<string>();
  for (const column of header) {
    if (seen.has(column)) {
      throw new PredictError('PREDICT_DUPLICATE_COLUMN', predictErrors.PREDICT_DUPLICATE_COLUMN(), { column });
    }
    seen.add(column);
  }
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).map(quoted).join(', ');
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown;
}
