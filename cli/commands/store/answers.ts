import type {
  FeatureRecord,
  FeatureStore,
  GroupSearch,
  QuarantinedRow,
  QueryResult,
  StoredGroup,
  StoreValue,
} from '../../../featurestore/index.js';
import { CliError, cliErrors } from '../../errors.js';
import { textTable } from '../../io.js';

/** What a command has to say, as a document and as text. */
export interface Answer {
  readonly document: unknown;
  readonly text: () => string;
}

/** `store groups`. */
export async function listGroups(store: FeatureStore): Promise<Answer> {
  return groupsAnswer(await store.listGroups());
}

/** `store search`: the groups that meet every condition, an empty list when none does. */
export async function searchGroups(store: FeatureStore, search: GroupSearch): Promise<Answer> {
  return groupsAnswer(await store.searchGroups(search));
}

function groupsAnswer(groups: readonly StoredGroup[]): Answer {
  const rows = groups.map((g) => [g.name, g.version, g.recordCount, g.definitions.length] as const);
  return {
    document: groups.map((g) => ({
      name: g.name,
      version: g.version,
      records: g.recordCount,
      features: g.definitions.length,
    })),
    text: () => textTable(['group', 'version', 'records', 'columns'], rows),
  };
}

/** `store describe`. */
export async function describeGroup(store: FeatureStore, name: string): Promise<Answer> {
  const group: StoredGroup = await store.describeGroup(name);
  const rows = group.definitions.map((d) => [d.name, d.type, d.role, d.unit, d.reference ?? '']);
  return {
    document: group,
    text: () =>
      `${group.name} version ${group.version}: ${group.recordCount} records, ${group.definitions.length} columns\n` +
      textTable(['column', 'type', 'role', 'unit', 'reference'], rows),
  };
}

/** `store get`. */
export async function getRecord(store: FeatureStore, group: string, id: string): Promise<Answer> {
  const record = await store.record.get(group, id);
  if (record === undefined) throw unknownRecord(group, id);
  return { document: record, text: () => recordText(record) };
}

function recordText(record: FeatureRecord): string {
  const rows = Object.entries(record.values).map(([name, value]) => [name, cellText(value)]);
  return `${record.group} ${record.id}, event time ${record.eventTime}\n${textTable(['column', 'value'], rows)}`;
}

/** `store history`. */
export async function recordHistory(store: FeatureStore, group: string, id: string): Promise<Answer> {
  const history = await store.history(group, id);
  if (history.length === 0) throw unknownRecord(group, id);
  const rows = history.map((h) => [h.eventTime, h.writeTime, h.version, h.isDeleted ? 'deleted' : 'written']);
  return { document: history, text: () => textTable(['event time', 'write time', 'version', 'state'], rows) };
}

/** A result as a table for people. */
export function queryTable({ columns, rows }: QueryResult): string {
  const names = columns.map((c) => c.name);
  return textTable(
    names,
    rows.map((row) => row.map((value) => (typeof value === 'number' ? value : cellText(value)))),
  );
}

/** `store export`. */
export async function exportGroup(store: FeatureStore, group: string, file: string): Promise<Answer> {
  const { rows } = await store.export(group, file);
  return { document: { group, file, rows }, text: () => `${rows} records of ${group} written to ${file}` };
}

/** `store quarantine`: rows that broke a rule when they were ingested. */
export async function listQuarantine(store: FeatureStore, group: string): Promise<Answer> {
  const rows = await store.quarantine(group);
  const cells = rows.map((row: QuarantinedRow) => [row.quarantinedAt, row.row, row.id, row.reasons.join('; ')]);
  return { document: rows, text: () => textTable(['quarantined', 'row', 'id', 'reasons'], cells) };
}

function cellText(value: StoreValue): string {
  return value === null ? '-' : String(value);
}

function unknownRecord(group: string, id: string): CliError {
  return new CliError('CLI_UNKNOWN_RECORD', cliErrors.CLI_UNKNOWN_RECORD(group, id));
}
