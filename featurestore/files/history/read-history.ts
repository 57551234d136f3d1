import path from 'node:path';
import type { NumericColumn, StringColumn } from '../../contract/index.js';
import { storeError } from '../../errors.js';
import type { GroupVersion } from '../../groups/group-version.js';
import { changedSettings, defaultSettings } from '../../groups/settings.js';
import { provenanceIdOf } from '../../records/append.js';
import { slotsOf } from '../../records/pack.js';
import type { AppendColumn, RowChunk, SqlColumn } from '../../sql/database.js';
import type { Work } from '../../sql/session.js';
import { internalSchema, logTable } from '../../sql/statements.js';
import { type ParquetColumn, withParquet } from '../parquet-database.js';
import { featureColumns, fieldTypes, type GroupFile } from './layout.js';
import { fileColumns } from './lines.js';
import { quarantineColumns } from './quarantine-file.js';
import { readFile } from './read-file.js';

/**
 * Puts the history of a checked export into the store, line by line as it was; to be called inside a transaction that holds the lock
 * of the catalogue, when the store has no group of that name.
 * @throws StoreError STORE_BAD_ARCHIVE, or what the definitions break
 */
export async function readHistory(work: Work, folder: string, content: GroupFile): Promise<void> {
  const versions = await restoreVersions(work, content);
  const { database } = work;
  const [{ groupId }] = versions;
  await database.lock(groupId);
  const columns = fileColumns(content.columns, featureColumns(versions));
  await withParquet(async (parquet) => {
    const restore = new LineWriter(work, versions, columns);
    for (const facts of content.files) {
      await readFile(parquet, path.join(folder, facts.path), facts, columns, (chunk) => restore.append(chunk));
    }
    const { quarantine } = content;
    if (quarantine === undefined) return;
    await readFile(parquet, path.join(folder, quarantine.path), quarantine, quarantineColumns, (chunk) =>
      database.append(
        { schema: internalSchema, table: 'quarantine' },
        [{ type: 'constant', value: groupId }, ...chunk.columns],
        chunk.rowCount,
      ),
    );
  });
}

async function restoreVersions(
  { catalogue }: Work,
  { group: name, versions, settings, settingsUpdatedAtMs }: GroupFile,
): Promise<readonly [GroupVersion, ...GroupVersion[]]> {
  const checked = changedSettings(name, defaultSettings, settings);
  for (const { group, createdAtMs } of versions) {
    if (group.name !== name) throw storeError('STORE_BAD_ARCHIVE', name, `a version names the group "${group.name}"`);
    await catalogue.register(group, createdAtMs, checked);
  }
  const restored = catalogue.versions(name);
  if (restored.length !== versions.length) {
    throw storeError('STORE_BAD_ARCHIVE', name, `${versions.length} versions are listed, ${restored.length} differ`);
  }
  await catalogue.change(name, { ...checked, updatedAtMs: settingsUpdatedAtMs });
  return restored;
}

const fields = Object.keys(fieldTypes) as (keyof typeof fieldTypes)[];

/** Turns the columns of a file into lines of the log. */
class LineWriter {
  readonly #places: ReadonlyMap<string, number>;
  readonly #provenanceIds = new Map<string, number>();
  readonly #lastFeature: number;

  constructor(
    private readonly work: Work,
    private readonly versions: readonly [GroupVersion, ...GroupVersion[]],
    columns: readonly ParquetColumn[],
  ) {
    this.#places = new Map(columns.map(({ name }, index) => [name, index] as const));
    this.#lastFeature = columns.length - (fields.length - 2);
  }

  /** Lines of one version have lists of one length, a deletion has none: each kind is appended by itself. */
  async append(chunk: RowChunk): Promise<void> {
    const version = this.#field(chunk, 'version').values;
    const isDeleted = this.#field(chunk, 'isDeleted').values;
    const kinds = new Map<string, number[]>();
    for (let row = 0; row < chunk.rowCount; row++) {
      const kind = `${version[row]} ${isDeleted[row]}`;
      const rows = kinds.get(kind);
      if (rows === undefined) kinds.set(kind, [row]);
      else rows.push(row);
    }
    for (const list of kinds.values()) {
      const rows = Int32Array.from(list);
      const stored = this.versions.find((v) => v.version === version[list[0] ?? 0]);
      if (stored === undefined)
        throw storeError('STORE_BAD_ARCHIVE', this.versions[0].group.name, 'a row is of no version');
      const values = isDeleted[list[0] ?? 0] === 1 ? [null, null] : this.#lists(chunk, stored, rows);
      await this.work.database.append(logTable, await this.#columns(chunk, stored, rows, values), rows.length);
    }
  }

  async #columns(
    chunk: RowChunk,
    { groupId, version }: GroupVersion,
    rows: Int32Array,
    values: readonly (AppendColumn | null)[],
  ): Promise<AppendColumn[]> {
    const picked = (field: (typeof fields)[number]): AppendColumn => {
      const column = this.#field(chunk, field);
      if (column.type === 'string')
        return { type: 'string', values: Array.from(rows, (row) => column.values[row] ?? null) };
      return { type: 'integer', values: Float64Array.from(rows, (row) => Number(column.values[row])) };
    };
    const constant = (value: number | null): AppendColumn => ({ type: 'constant', value });
    const [numbers, texts] = values.map((list) => list ?? constant(null));
    return [
      picked('seq'),
      constant(groupId),
      constant(version),
      picked('recordId'),
      picked('eventTime'),
      picked('writeTime'),
      picked('apiInvocationTime'),
      picked('isDeleted'),
      await this.#provenance(chunk, rows),
      numbers ?? constant(null),
      texts ?? constant(null),
      picked('isOnline'),
      picked('isOffline'),
      picked('epoch'),
      picked('isHard'),
      picked('expiresAt'),
    ];
  }

  async #provenance(chunk: RowChunk, rows: Int32Array): Promise<AppendColumn> {
    const { values } = this.#field(chunk, 'provenance');
    const ids = new Float64Array(rows.length).fill(Number.NaN);
    for (const [index, row] of rows.entries()) {
      const content = values[row] as string | null;
      if (content === null) continue;
      const id = this.#provenanceIds.get(content) ?? (await provenanceIdOf(this.work.database, content));
      this.#provenanceIds.set(content, id);
      ids[index] = id;
    }
    return { type: 'integer', values: ids };
  }

  #lists(chunk: RowChunk, { group }: GroupVersion, rows: Int32Array): AppendColumn[] {
    const slots = [...slotsOf(group)];
    const column = (name: string): SqlColumn => chunk.columns[this.#places.get(name) as number] as SqlColumn;
    const numbers = slots.filter(([, { list }]) => list === 'numbers').map(([name]) => column(name) as NumericColumn);
    const texts = slots.filter(([, { list }]) => list === 'texts').map(([name]) => column(name) as StringColumn);
    return [
      { type: 'gathered-numbers', columns: numbers, rows },
      { type: 'gathered-texts', columns: texts, rows },
    ];
  }

  #field(chunk: RowChunk, field: (typeof fields)[number]): Exclude<SqlColumn, { type: 'numbers' | 'texts' }> {
    const place = fields.indexOf(field);
    const index = place < 2 ? place : this.#lastFeature + place - 2;
    return chunk.columns[index] as Exclude<SqlColumn, { type: 'numbers' | 'texts' }>;
  }
}
