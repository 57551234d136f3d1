export { type BatchOptions, type BatchSummary, runBatch } from './run-batch.js';
