import {
  checkMissingRates,
  columnsOf,
  Detection,
  type FeatureGroup,
  type FeatureStore,
  type FeatureTable,
  type IngestOptions,
  type Provenance,
  type RawColumn,
  type Role,
  StoreError,
  type TableFile,
} from '../../../featurestore/index.js';
import { CliError, cliErrors } from '../../errors.js';
import type { FileRule } from './rules-file.js';

/** What makes a table of a group out of the columns of a file. */
export interface SourceOptions {
  readonly group: string;
  readonly id?: string;
  readonly eventTime?: string;
  readonly eventTimeIs?: string;
  readonly role: readonly (readonly [string, Role])[];
  readonly rules: readonly FileRule[];
  readonly quarantine: boolean;
}

/** A piece of a file as a table, with what `ingest` is to know of it. */
export interface TablePiece {
  readonly table: FeatureTable;
  readonly options: Pick<IngestOptions, 'firstRow' | 'invalidRows' | 'rules' | 'onInvalid'>;
}

/** Cells of one piece at most, and rows: enough to be fast, few enough for memory and to show progress. */
const mostCells = 4_000_000;
const mostRows = 100_000;

/** A file as pieces of a group's table. */
export class IngestSource {
  readonly #names: readonly string[];
  readonly #pieceRows: number;
  /** Names that were made of letters, digits, "-" and "_". */
  readonly renamed: number;

  /** @throws CliError CLI_BAD_TABLE_FILE when two columns would have one name */
  constructor(
    readonly path: string,
    private readonly file: TableFile,
    private readonly options: SourceOptions,
  ) {
    this.#names = file.names.map(plainName);
    this.renamed = file.names.filter((name, index) => name !== this.#names[index]).length;
    const twice = this.#names.findIndex((name, index) => this.#names.indexOf(name) !== index);
    if (twice >= 0)
      throw this.bad(`two columns would be named "${this.#names[twice]}", one of them "${file.names[twice]}"`);
    if (options.eventTimeIs !== undefined && this.#names.includes('event_time')) {
      throw this.bad('it has a column "event_time"; leave --event-time-is out');
    }
    this.#pieceRows = Math.max(1, Math.min(mostRows, Math.floor(mostCells / Math.max(1, file.names.length))));
  }

  bad(what: string): CliError {
    return new CliError('CLI_BAD_TABLE_FILE', cliErrors.CLI_BAD_TABLE_FILE(this.path, what));
  }

  get rowCount(): number {
    return this.file.rowCount;
  }

  get pieceCount(): number {
    return Math.max(1, Math.ceil(this.file.rowCount / this.#pieceRows));
  }

  async #columns(piece: number): Promise<Map<string, RawColumn>> {
    const from = piece * this.#pieceRows;
    const read = await this.file.rows(from, from + this.#pieceRows);
    const columns = new Map([...read.values()].map((column, index) => [this.#names[index] as string, column] as const));
    const { eventTimeIs } = this.options;
    if (eventTimeIs !== undefined) {
      columns.set('event_time', new Array<string>(Math.min(this.#pieceRows, this.rowCount - from)).fill(eventTimeIs));
    }
    return columns;
  }

  /** The newest version of a group that is there, or one that is detected from the whole file. */
  async groupFor(store: FeatureStore): Promise<FeatureGroup> {
    const found = await newestVersion(store, this.options.group);
    const group = found ?? (await this.#detected());
    for (const { feature, type } of this.options.rules) {
      const definition = group.definitions.find((d) => d.name === feature);
      if (type === undefined || definition === undefined || definition.type === type) continue;
      throw this.bad(
        `a rule says that "${feature}" is of type ${type}; in group "${group.name}" it is ${definition.type}`,
      );
    }
    const known = new Set(group.definitions.map((d) => d.name));
    const all = this.options.eventTimeIs === undefined ? this.#names : [...this.#names, 'event_time'];
    const unknown = all.find((name) => !known.has(name));
    if (unknown !== undefined) throw this.bad(`group "${group.name}" has no feature "${unknown}"`);
    return group;
  }

  async #detected(): Promise<FeatureGroup> {
    const { id, group: name, role, rules } = this.options;
    const eventTime = this.options.eventTimeIs === undefined ? this.options.eventTime : 'event_time';
    if (id === undefined || eventTime === undefined) {
      throw this.bad(`group "${name}" is new: give --id COLUMN and --event-time COLUMN or --event-time-is TIME`);
    }
    const keys = { recordIdentifier: plainName(id), eventTime: plainName(eventTime) };
    const typed = rules.flatMap(({ feature, type }) => (type === undefined ? [] : [[feature, type] as const]));
    const types = Object.fromEntries(typed);
    // a column without any value has no type to detect; text is the one that every later value fits
    const detection = new Detection({ ...keys, types, roles: Object.fromEntries(role), emptyTextIs: 'string' });
    for (let piece = 0; piece < this.pieceCount; piece++) detection.add(await this.#columns(piece));
    return { name, ...keys, definitions: detection.definitions(), settingsDigest: '' };
  }

  /** A piece as a table; cells of a wrong type are an error, or with a quarantine the reason why their row goes there. */
  async table(group: FeatureGroup, piece: number, provenance: readonly Provenance[]): Promise<TablePiece> {
    const columns = await this.#columns(piece);
    const from = piece * this.#pieceRows;
    const rowCount = Math.min(this.#pieceRows, this.rowCount - from);
    const none = new Array<null>(rowCount).fill(null);
    const filled = new Map(group.definitions.map(({ name }) => [name, columns.get(name) ?? none] as const));
    const invalidRows = new Map<number, string[]>();
    const keys = [group.recordIdentifier, group.eventTime];
    const typed = columnsOf(group.definitions, filled, (row, reason) => {
      const isKey = keys.some((key) => reason.startsWith(`"${key}"`));
      if (!this.options.quarantine || isKey) throw this.bad(`row ${from + row + 1}: ${reason}`);
      invalidRows.set(row, [...(invalidRows.get(row) ?? []), reason]);
    });
    const rules = this.options.rules.map(({ type: _type, maxMissingRate: _rate, ...rule }) => rule);
    return {
      table: { group, columns: typed, rowCount, provenance },
      options: { firstRow: from + 1, invalidRows, rules, onInvalid: this.options.quarantine ? 'quarantine' : 'refuse' },
    };
  }

  /** Looks at every row before the first is written, so that a file that cannot be used leaves nothing behind. */
  async check(store: FeatureStore, group: FeatureGroup): Promise<void> {
    const missing = new Map<string, number>();
    for (let piece = 0; piece < this.pieceCount; piece++) {
      const { table, options } = await this.table(group, piece, []);
      await store.ingest(table, { ...options, checkOnly: true });
      for (const { feature } of this.options.rules) {
        let count = missing.get(feature) ?? 0;
        for (const value of table.columns.get(feature)?.values ?? [])
          if (value === null || Number.isNaN(value)) count++;
        missing.set(feature, count);
      }
    }
    checkMissingRates(group.name, this.options.rules, missing, this.rowCount);
  }
}

/** Names as the store takes them: what is no letter, digit, "-" or "_" becomes "_". */
export function plainName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
}

async function newestVersion(store: FeatureStore, group: string): Promise<FeatureGroup | undefined> {
  try {
    const { name, recordIdentifier, eventTime, definitions, settingsDigest } = await store.definition(group);
    return { name, recordIdentifier, eventTime, definitions, settingsDigest };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_UNKNOWN_GROUP') return undefined;
    throw error;
  }
}
