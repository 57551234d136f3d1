export { type AssessJson, type AssessOptions, assess } from './assess.js';
export { assertNoLeak } from './guard.js';
