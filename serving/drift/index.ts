export { ClassCounts, type WindowSize } from './class-counts.js';
export { type DriftAnswer, type DriftOptions, driftExtension } from './drift-extension.js';
export { driftReport, type FeatureDrift, type ModelDrift } from './drift-report.js';
export type { DriftNumbers } from './stability.js';
