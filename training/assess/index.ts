export { type AssessJson, assess } from './assess.js';
export type { AssessCurves } from './curves.js';
export { alarmWarning, assertNoLeak } from './guard.js';
export { type AssessedRecipe, type AssessOptions, assessedRecipes } from './options.js';
