/**
 * Sentences of what fitted steps refuse, rows of the catalogue in `errors.ts`. They are functions of their own so that the code
 * that runs in a browser carries these few and not the whole catalogue.
 */

/** TRAIN_LENGTHS_DIFFER. */
export const lengthsDiffer = (what: string, expected: number, found: number): string =>
  `${what} has ${found} values but ${expected} were expected`;

/** TRAIN_STEP_SHAPE. */
export const stepShape = (kind: string, fitted: number, found: number): string =>
  `The step "${kind}" was fitted on ${fitted} columns but got ${found}`;

/** TRAIN_LOG_OF_NEGATIVE. */
export const logOfNegative = (column: string, whose: string, found: number): string =>
  `"${column}" of ${whose} is ${found}; log(1 + x) needs x above -1 (expression as FPKM or TPM, not already in logs)`;
