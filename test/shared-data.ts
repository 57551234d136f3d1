import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the reference data is: `THORACLE_SHARED_DATA`, else `../shared/data` beside the checkout. */
export const sharedDataRoot =
  process.env.THORACLE_SHARED_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url));

export const hasSharedData = existsSync(sharedDataRoot);

/** Path of a reference file; use inside `describe.skipIf(!hasSharedData)`. */
export function sharedData(relative: string): string {
  return `${sharedDataRoot}/${relative}`;
}

/** Put into the name of tests that need it, so that the list of skipped tests says why. */
export const needsSharedData = '[needs ../shared/data]';
