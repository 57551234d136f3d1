import { ServingError, servingErrors } from '../errors.js';

const segment = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const longest = 256;

/** Letters, digits, `.`, `_` and `-`, in parts separated by `/` (`lung/2026.tar.gz`); no part begins with a dot. */
export function isModelName(name: string): boolean {
  return name.length <= longest && name.split('/').every((part) => segment.test(part));
}

/** @throws ServingError SERVING_BAD_MODEL_NAME */
export function assertModelName(name: string): void {
  if (!isModelName(name)) throw new ServingError('SERVING_BAD_MODEL_NAME', servingErrors.SERVING_BAD_MODEL_NAME());
}
