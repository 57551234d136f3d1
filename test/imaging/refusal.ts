import { ImagingError } from '../../pipelines/imaging/errors.js';

/** The refusal that a call must end in; anything else it throws, or no throw, fails the test. */
export function refusal(run: () => unknown): ImagingError {
  try {
    run();
  } catch (error) {
    if (error instanceof ImagingError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
