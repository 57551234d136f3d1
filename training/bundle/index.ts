export type * from './bundle.js';
