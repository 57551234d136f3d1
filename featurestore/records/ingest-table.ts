import type { FeatureTable, IngestOptions, IngestResult } from '../contract/index.js';
import { storeError } from '../errors.js';
import { checkGroup } from '../groups/check-group.js';
import { checkTtl } from '../groups/settings.js';
import { lockedVersion, type StoreSession, type Work } from '../sql/session.js';
import { type AppendTerms, appendRows } from './append.js';
import { distinctRows } from './changes.js';
import { type CheckedTable, checkTable } from './check-table.js';
import { appendQuarantine } from './quarantine.js';
import { findInvalidRows, type InvalidRows, refuseInvalidRows } from './validate.js';

const keys = [
  ...['onConflict', 'batchRows', 'workers', 'rules', 'onInvalid', 'ttlMs', 'onProgress'],
  ...['firstRow', 'invalidRows', 'checkOnly'],
];
const policies = ['replace', 'keep', 'error'];
const mostWorkers = 16;
const nothing = { written: 0, unchanged: 0, replaced: 0, kept: 0, quarantined: 0 } as const;

/** Writes a table in batches, each in one transaction. The table is looked at as a whole before anything is written. */
export async function ingestTable(
  session: StoreSession,
  table: FeatureTable,
  options: IngestOptions,
): Promise<IngestResult> {
  checkOptions(options, table.group.name);
  checkGroup(table.group);
  const checked = checkTable(table, session.dialect, options.firstRow);
  const invalid = findInvalidRows(table, options.rules ?? [], options.invalidRows);
  if (options.onInvalid !== 'quarantine') refuseInvalidRows(table.group.name, invalid, checked.firstRow);
  const distinct = distinctRows(checked);
  if (options.checkOnly === true) return { group: table.group.name, version: 0, ...nothing };
  const batches = splitRows(distinct, invalid, options.batchRows ?? Math.max(1, table.rowCount));
  const results: IngestResult[] = [];
  let rowsDone = 0;
  let next = 0;
  const writeNext = async (): Promise<void> => {
    for (let index = next++; index < batches.length; index = next++) {
      const batch = batches[index] as Int32Array;
      results.push(
        await session.write((work) => writeBatch(work, checked, batch, index === 0 ? invalid : undefined, options)),
      );
      rowsDone += batch.length;
      options.onProgress?.({
        rowsDone,
        rowCount: table.rowCount,
        batchesDone: results.length,
        batchCount: batches.length,
      });
    }
  };
  // the first batch makes the group; the others find it
  const workers = Math.min(options.workers ?? 2, batches.length);
  const outcomes = await Promise.allSettled(Array.from({ length: workers }, writeNext));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return total(results, table.rowCount);
}

async function writeBatch(
  work: Work,
  checked: CheckedTable,
  batch: Int32Array,
  invalid: InvalidRows | undefined,
  options: IngestOptions,
): Promise<IngestResult> {
  const { group } = checked.table;
  const stored = await lockedVersion(work, group);
  const settings = work.catalogue.settings(group.name);
  const terms: AppendTerms = {
    online: settings.online,
    offline: settings.offline,
    ttlMs: options.ttlMs ?? settings.ttlMs ?? Number.NaN,
    policy: options.onConflict ?? 'replace',
  };
  const result = await appendRows(work, stored, checked, batch, terms);
  if (invalid === undefined || invalid.size === 0) return result;
  await appendQuarantine(work.database, stored, checked, invalid, work.nowMs);
  return { ...result, quarantined: invalid.size };
}

/** Distinct valid rows in batches; one batch at least, which makes the group. */
function splitRows(distinct: Int32Array, invalid: InvalidRows, batchRows: number): Int32Array[] {
  const rows = invalid.size === 0 ? distinct : distinct.filter((row) => !invalid.has(row));
  const batches = [rows.subarray(0, batchRows)];
  for (let from = batchRows; from < rows.length; from += batchRows) batches.push(rows.subarray(from, from + batchRows));
  return batches;
}

function total(results: readonly IngestResult[], rowCount: number): IngestResult {
  const [first] = results;
  if (first === undefined) throw new TypeError('an ingest without a batch');
  const sum = (pick: (result: IngestResult) => number): number => results.reduce((n, result) => n + pick(result), 0);
  const written = sum((r) => r.written);
  const kept = sum((r) => r.kept);
  const quarantined = sum((r) => r.quarantined);
  const { group, version } = first;
  // a row given twice counts among the unchanged
  const unchanged = rowCount - written - kept - quarantined;
  return { group, version, written, unchanged, replaced: sum((r) => r.replaced), kept, quarantined };
}

function checkOptions(options: IngestOptions, group: string): void {
  const bad = (what: string) => storeError('STORE_BAD_OPTIONS', what);
  for (const key of Object.keys(options)) {
    if (!keys.includes(key)) throw bad(`unknown ingest option "${key}"`);
  }
  const { onConflict = 'replace', batchRows = 1, workers = 1, onInvalid = 'refuse', ttlMs, firstRow = 1 } = options;
  if (!policies.includes(onConflict)) {
    throw bad(`onConflict is ${JSON.stringify(onConflict)}, expected ${policies.join(', ')}`);
  }
  if (!['refuse', 'quarantine'].includes(onInvalid)) {
    throw bad(`onInvalid is ${JSON.stringify(onInvalid)}, expected refuse or quarantine`);
  }
  if (!Number.isSafeInteger(batchRows) || batchRows < 1) throw bad(`batchRows is ${batchRows}, expected 1 or more`);
  if (!Number.isSafeInteger(firstRow) || firstRow < 1) throw bad(`firstRow is ${firstRow}, expected 1 or more`);
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > mostWorkers) {
    throw bad(`workers is ${workers}, expected 1 to ${mostWorkers}`);
  }
  if (ttlMs !== undefined) checkTtl(ttlMs, (what) => storeError('STORE_BAD_SETTINGS', group, what));
}
