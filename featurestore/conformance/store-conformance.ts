import { describe } from 'vitest';
import type { FeatureStore } from '../contract/index.js';
import { datasetRules } from './dataset-rules.js';
import { groupRules } from './group-rules.js';
import { historyRules } from './history-rules.js';
import { valueRules } from './value-rules.js';

/** Opens a new, empty store. `now` is the clock of its write times, in milliseconds since 1970 UTC. */
export type StoreFactory = (options?: { readonly now?: () => number }) => Promise<FeatureStore>;

/** What every back end must do. A back end's test file calls this once. */
export function storeConformance(backEnd: string, open: StoreFactory): void {
  describe(`${backEnd}: groups`, () => groupRules(open));
  describe(`${backEnd}: values`, () => valueRules(open));
  describe(`${backEnd}: history`, () => historyRules(open));
  describe(`${backEnd}: datasets`, () => datasetRules(open));
}
