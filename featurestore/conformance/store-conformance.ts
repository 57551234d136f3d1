import { describe } from 'vitest';
import { datasetRules } from './dataset-rules.js';
import { groupRules } from './group-rules.js';
import { historyRules } from './history-rules.js';
import { ingestRules } from './ingest-rules.js';
import { recordRules } from './record-rules.js';
import { settingsRules } from './settings-rules.js';
import type { StoreFactory } from './store-factory.js';
import { valueRules } from './value-rules.js';

/** What every back end must do. A back end's test file calls this once. */
export function storeConformance(backEnd: string, open: StoreFactory): void {
  describe(`${backEnd}: groups`, () => groupRules(open));
  describe(`${backEnd}: values`, () => valueRules(open));
  describe(`${backEnd}: history`, () => historyRules(open));
  describe(`${backEnd}: settings`, () => settingsRules(open));
  describe(`${backEnd}: records`, () => recordRules(open));
  describe(`${backEnd}: ingestion`, () => ingestRules(open));
  describe(`${backEnd}: datasets`, () => datasetRules(open));
}
