import { Command } from 'commander';
import {
  type FeatureRecord,
  type FeatureStore,
  openDuckDbStore,
  type StoredGroup,
  type StoreValue,
} from '../../featurestore/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { createOutput, textTable } from '../io.js';

interface StoreOptions {
  readonly store: string;
  readonly json?: boolean;
}

/** `thoracle store groups | describe G | get G ID | history G ID | query SQL | export G FILE`. */
export function storeCommand(context: CommandContext): Command {
  const command = new Command('store').description('look into a feature store');
  const sub = (usage: string, description: string): Command => {
    const child = new Command(usage.split(' ')[0]).description(description);
    for (const argument of usage.split(' ').slice(1)) child.argument(`<${argument}>`);
    child.requiredOption('--store <file>', 'the store’s file').option('--json', 'print one JSON document');
    command.addCommand(child);
    return child;
  };
  sub('groups', 'list the feature groups').action(readStore(context, listGroups));
  sub('describe group', 'definitions of a group').action(readStore(context, describeGroup));
  sub('get group id', 'the latest record of a patient').action(readStore(context, getRecord));
  sub('history group id', 'every row ever written about a patient').action(readStore(context, recordHistory));
  sub('query sql', 'run one read-only SQL statement; each group is a view, and <group>_history').action(
    readStore(context, runQuery),
  );
  sub('export group file', 'write the latest records to a .csv or .parquet file; an earlier one is replaced').action(
    readStore(context, exportGroup),
  );
  return command;
}

interface Answer {
  readonly document: unknown;
  readonly text: () => string;
}

type Reader = (store: FeatureStore, ...args: string[]) => Promise<Answer>;

/** Opens the store read-only, lets the reader answer, closes it whatever happens. */
function readStore(context: CommandContext, reader: Reader) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const options = command.opts<StoreOptions>();
    const store = await openDuckDbStore({ file: options.store, readOnly: true });
    try {
      const answer = await reader(store, ...command.args);
      createOutput(context.io, options.json === true).answer(answer.document, answer.text);
    } finally {
      await store.close();
    }
  };
}

async function listGroups(store: FeatureStore): Promise<Answer> {
  const groups = await store.listGroups();
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

async function describeGroup(store: FeatureStore, name: string): Promise<Answer> {
  const group: StoredGroup = await store.describeGroup(name);
  const rows = group.definitions.map((d) => [d.name, d.type, d.role, d.unit, d.reference ?? '']);
  return {
    document: group,
    text: () =>
      `${group.name} version ${group.version}: ${group.recordCount} records, ${group.definitions.length} columns\n` +
      textTable(['column', 'type', 'role', 'unit', 'reference'], rows),
  };
}

async function getRecord(store: FeatureStore, group: string, id: string): Promise<Answer> {
  const record = await store.record.get(group, id);
  if (record === undefined) throw unknownRecord(group, id);
  return { document: record, text: () => recordText(record) };
}

function recordText(record: FeatureRecord): string {
  const rows = Object.entries(record.values).map(([name, value]) => [name, cellText(value)]);
  return `${record.group} ${record.id}, event time ${record.eventTime}\n${textTable(['column', 'value'], rows)}`;
}

async function recordHistory(store: FeatureStore, group: string, id: string): Promise<Answer> {
  const history = await store.history(group, id);
  if (history.length === 0) throw unknownRecord(group, id);
  const rows = history.map((h) => [h.eventTime, h.writeTime, h.version, h.isDeleted ? 'deleted' : 'written']);
  return { document: history, text: () => textTable(['event time', 'write time', 'version', 'state'], rows) };
}

async function runQuery(store: FeatureStore, sql: string): Promise<Answer> {
  const result = await store.query(sql);
  const names = result.columns.map((c) => c.name);
  const keys = distinctNames(names);
  return {
    document: result.rows.map((row) => Object.fromEntries(keys.map((key, c) => [key, jsonValue(row[c] ?? null)]))),
    text: () =>
      textTable(
        names,
        result.rows.map((row) => row.map((value) => (typeof value === 'number' ? value : cellText(value)))),
      ),
  };
}

async function exportGroup(store: FeatureStore, group: string, file: string): Promise<Answer> {
  const { rows } = await store.export(group, file);
  return { document: { group, file, rows }, text: () => `${rows} records of ${group} written to ${file}` };
}

/** JSON has no infinities; as null they would read as missing. */
function jsonValue(value: StoreValue): StoreValue {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** A join may give several columns of one name; an object cannot: the later ones become `name_1`, `name_2`, as in a subquery of DuckDB. */
function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let key = name;
    for (let n = 1; seen.has(key) || (key !== name && taken.has(key)); n++) key = `${name}_${n}`;
    seen.add(key);
    return key;
  });
}

function cellText(value: StoreValue): string {
  return value === null ? '-' : String(value);
}

function unknownRecord(group: string, id: string): CliError {
  return new CliError('CLI_UNKNOWN_RECORD', cliErrors.CLI_UNKNOWN_RECORD(group, id));
}
