import { ServingError, servingErrors } from '../errors.js';
import { PredictError } from '../predict/index.js';

/** What the errors of reading a bundle mean to a client, who must not learn where on the server it lies. */
const reasons: Readonly<Record<string, string>> = {
  TRAIN_BUNDLE_UNREADABLE: 'a file of it is missing or is no JSON',
  TRAIN_BUNDLE_CHANGED: 'it was changed after it was written, its hashes do not match',
  TRAIN_BUNDLE_VERSION: 'it is of a format version that this program does not read',
  TRAIN_BUNDLE_INVALID: 'its manifest is not valid',
  TRAIN_IMPORT: 'it is no bundle, and no XGBoost model that can be served as it is',
  CLI_MODEL_FORM:
    'it is an XGBoost model in a form that is not served as it is; import it first (thoracle model import)',
  TRAIN_ARCHIVE: 'its archive is damaged or not allowed',
};

/** An error of loading a model, in words for whoever asked for it; the error itself when it is another matter. */
export function loadFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? (error instanceof PredictError ? error.reason : undefined);
  if (reason === undefined) return error;
  return new ServingError('SERVING_MODEL_SOURCE', servingErrors.SERVING_MODEL_SOURCE(reason), { cause: error });
}
