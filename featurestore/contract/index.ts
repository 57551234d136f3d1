export type * from './dataset.js';
export type * from './feature.js';
export type * from './ingest.js';
export type * from './records.js';
export type * from './settings.js';
export type * from './store.js';
export type * from './table.js';
export type * from './value.js';
