export type * from './dataset.js';
export type * from './feature.js';
export type * from './store.js';
export type * from './table.js';
