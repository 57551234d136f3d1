export { applySteps, type RowMatrix } from './apply.js';
export type * from './bundle.js';
