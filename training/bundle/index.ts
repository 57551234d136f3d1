export { applySteps, type RowMatrix } from './apply.js';
export { attributeSteps } from './attribute.js';
export type * from './bundle.js';
