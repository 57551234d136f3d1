import type { Column, FeatureDefinition, FeatureTable, PutOptions, PutResult, StoreValue } from '../contract/index.js';
import { findDefinition } from '../dataset/roles.js';
import { StoreError, storeError } from '../errors.js';
import { columnsOf, type RawColumn } from '../groups/detect.js';
import type { GroupVersion } from '../groups/group-version.js';
import { checkTtl } from '../groups/settings.js';
import { lockGroup, type Work } from '../sql/session.js';
import { appendRows } from './append.js';
import { checkTable } from './check-table.js';
import { targetsOf } from './targets.js';

/** Writes one row; to be called inside a transaction. */
export async function putRecord(
  work: Work,
  group: string,
  values: Readonly<Record<string, StoreValue>>,
  options: PutOptions,
): Promise<PutResult> {
  await lockGroup(work, group);
  const stored = work.catalogue.version(group, options.version);
  const { ttlMs } = options;
  if (ttlMs !== undefined) checkTtl(ttlMs, (what) => storeError('STORE_BAD_SETTINGS', group, what));
  const terms = {
    ...targetsOf(work, group, options.targets),
    ttlMs: ttlMs ?? work.catalogue.settings(group).ttlMs ?? Number.NaN,
    policy: 'replace',
  } as const;
  const checked = checkTable(tableOfOne(stored, values), work.dialect);
  const { written } = await appendRows(work, stored, checked, Int32Array.of(0), terms);
  return { version: stored.version, outcome: written === 1 ? 'written' : 'unchanged' };
}

/** @throws StoreError STORE_UNKNOWN_FEATURE or STORE_BAD_VALUE */
function tableOfOne(stored: GroupVersion, values: Readonly<Record<string, StoreValue>>): FeatureTable {
  const { group } = stored;
  for (const name of Object.keys(values)) findDefinition(stored, name);
  for (const key of [group.recordIdentifier, group.eventTime]) {
    const value = values[key] ?? null;
    if (value === null || value === '') throw storeError('STORE_BAD_VALUE', group.name, key, 'is missing');
  }
  const columns = group.definitions.map((definition) => {
    const { name } = definition;
    const value = Object.hasOwn(values, name) ? (values[name] ?? null) : null;
    return [name, columnOfOne(group.name, definition, value)] as const;
  });
  return { group, columns: new Map(columns), rowCount: 1, provenance: [] };
}

function columnOfOne(group: string, definition: FeatureDefinition, value: StoreValue): Column {
  const { name, type } = definition;
  if (type === 'string') return { type, values: [value === null ? null : String(value)] };
  try {
    const raw: RawColumn = [typeof value === 'boolean' ? Number(value) : value];
    const column = columnsOf([definition], new Map([[name, raw]])).get(name);
    if (column !== undefined) return column;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
  throw storeError('STORE_BAD_VALUE', group, name, `is ${JSON.stringify(value)}, expected type ${type}`);
}
