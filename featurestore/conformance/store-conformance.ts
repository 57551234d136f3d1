import { describe } from 'vitest';
import { archiveRules } from './archive-rules.js';
import { datasetRules } from './dataset-rules.js';
import { groupRules } from './group-rules.js';
import { historyRules } from './history-rules.js';
import { ingestRules } from './ingest-rules.js';
import { queryRules } from './query-rules.js';
import { rebuildRules } from './rebuild-rules.js';
import { recordRules } from './record-rules.js';
import { settingsRules } from './settings-rules.js';
import { statisticsRules } from './statistics-rules.js';
import type { BackEndLimits, StoreFactory } from './store-factory.js';
import { valueRules } from './value-rules.js';
import { wideArchiveRules } from './wide-archive-rules.js';

const noLimits: BackEndLimits = {
  sql: 'DuckDB',
  text: 'any',
  wideView: (group) => group,
  earliestTimeMs: Number.NEGATIVE_INFINITY,
};

/** What every back end must do. A back end's test file calls this once. */
export function storeConformance(backEnd: string, open: StoreFactory, limits: BackEndLimits = noLimits): void {
  describe(`${backEnd}: groups`, () => groupRules(open, limits));
  describe(`${backEnd}: values`, () => valueRules(open, limits));
  describe(`${backEnd}: history`, () => historyRules(open));
  describe(`${backEnd}: settings`, () => settingsRules(open));
  describe(`${backEnd}: records`, () => recordRules(open));
  describe(`${backEnd}: ingestion`, () => ingestRules(open));
  describe(`${backEnd}: queries`, () => queryRules(open, limits));
  describe(`${backEnd}: datasets`, () => datasetRules(open));
  describe(`${backEnd}: datasets of an earlier time`, () => rebuildRules(open));
  describe(`${backEnd}: export, import, backup, restore`, () => archiveRules(open));
  describe(`${backEnd}: wide groups in files`, () => wideArchiveRules(open));
  describe(`${backEnd}: statistics`, () => statisticsRules(open));
}
