import { setTimeout as sleep } from 'node:timers/promises';
import { checkBackup, writeBackup } from '../backup/backup.js';
import type {
  BackupSummary,
  DatasetSpec,
  DriftOptions,
  FeatureDrift,
  FeatureGroup,
  FeatureStatistics,
  FeatureStore,
  FeatureTable,
  GroupDefinition,
  GroupSearch,
  GroupSettings,
  GroupSettingsChange,
  HistoryExportOptions,
  HistoryFiles,
  HistoryRow,
  IngestOptions,
  IngestResult,
  PinnedDataset,
  QuarantinedRow,
  QueryResult,
  RecordAccess,
  StatisticsOptions,
  StoredDataset,
  StoredGroup,
  StoreValue,
} from '../contract/index.js';
import { buildDataset } from '../dataset/build.js';
import { checkPinned, checkRebuilt } from '../dataset/pin.js';
import { storeError } from '../errors.js';
import { exportGroup } from '../files/export-group.js';
import { checkExportOptions, exportHistory, summaryOf } from '../files/history/export-history.js';
import { checkExport, importHistory } from '../files/history/import-history.js';
import { fillNewFolder } from '../files/new-folder.js';
import type { GroupVersion } from '../groups/group-version.js';
import { meetsSearch } from '../groups/search.js';
import { changedSettings, defaultSettings } from '../groups/settings.js';
import { ingestTable } from '../records/ingest-table.js';
import { readQuarantine } from '../records/quarantine.js';
import { countRecords, historyRow, logOf } from '../records/read.js';
import { SqlRecordAccess } from '../records/record-access.js';
import { groupDrift, groupStatistics } from '../statistics/statistics.js';
import { readRows } from './database.js';
import { lockCatalogue, lockedVersion, type StoreSession, type Work } from './session.js';
import { internalSchema } from './statements.js';

/** How often a wait looks again. */
const pollMs = 50;

/** The feature store on any SQL engine. */
export class SqlFeatureStore implements FeatureStore {
  readonly record: RecordAccess;

  /** @param cacheMb see `DuckDbStoreOptions` */
  constructor(
    private readonly session: StoreSession,
    cacheMb = 0,
  ) {
    this.record = new SqlRecordAccess(session, cacheMb);
  }

  createGroup(
    group: FeatureGroup,
    settings: Partial<GroupSettings> = {},
    options: { readonly mustBeNew?: boolean } = {},
  ): Promise<StoredGroup> {
    return this.session.write(async (work) => {
      const wanted = changedSettings(group.name, defaultSettings, settings);
      if (options.mustBeNew === true) {
        await lockCatalogue(work);
        if (work.catalogue.names().includes(group.name)) throw storeError('STORE_GROUP_EXISTS', group.name);
      }
      return describe(work, await lockedVersion(work, group, wanted));
    });
  }

  updateGroup(name: string, change: GroupSettingsChange): Promise<StoredGroup> {
    return this.session.write(async (work) => {
      await lockCatalogue(work);
      const { updatedAtMs: _before, ...settings } = work.catalogue.settings(name);
      const wanted = changedSettings(name, settings, change);
      await work.catalogue.change(name, { ...wanted, updatedAtMs: work.nowMs });
      return describe(work, work.catalogue.version(name));
    });
  }

  listGroups(): Promise<readonly StoredGroup[]> {
    return this.searchGroups({});
  }

  searchGroups(search: GroupSearch): Promise<readonly StoredGroup[]> {
    return this.session.read(async (work) => {
      const groups: StoredGroup[] = [];
      for (const name of work.catalogue.names()) {
        const newest = work.catalogue.version(name);
        if (meetsSearch(newest.group, work.catalogue.settings(name), search)) groups.push(await describe(work, newest));
      }
      return groups;
    });
  }

  describeGroup(name: string, version?: number): Promise<StoredGroup> {
    return this.session.read((work) => describe(work, work.catalogue.version(name, version)));
  }

  definition(name: string, version?: number): Promise<GroupDefinition> {
    return this.session.readBeside(async (work) => definitionOf(work, work.catalogue.version(name, version)));
  }

  deleteGroup(name: string, confirmation: string): Promise<{ readonly rows: number }> {
    return this.session.write(async (work) => {
      if (confirmation !== name) throw storeError('STORE_NOT_CONFIRMED', name, confirmation);
      await lockCatalogue(work);
      const { groupId } = work.catalogue.version(name);
      await work.database.lock(groupId);
      const where = `WHERE group_id = ${groupId}`;
      const [count] = await readRows(work.database, `SELECT count(*) FROM ${internalSchema}.log ${where}`);
      await work.catalogue.remove(name);
      for (const table of ['log', 'quarantine'])
        await work.database.run(`DELETE FROM ${internalSchema}.${table} ${where}`);
      return { rows: Number(count?.[0]) };
    });
  }

  async ingest(table: FeatureTable, options: IngestOptions = {}): Promise<IngestResult> {
    return ingestTable(this.session, table, options);
  }

  quarantine(group: string): Promise<readonly QuarantinedRow[]> {
    return this.session.read((work) => readQuarantine(work.database, work.catalogue.versions(group)));
  }

  async waitForRecords(group: string, count: number, timeoutMs: number): Promise<number> {
    const start = performance.now();
    for (;;) {
      const found = await this.session.read((work) => countRecords(work, work.catalogue.version(group)));
      if (found >= count) return found;
      if (performance.now() - start >= timeoutMs) {
        throw storeError('STORE_WAIT_TIME', group, found, count, timeoutMs / 1000);
      }
      await sleep(Math.min(pollMs, timeoutMs));
    }
  }

  history(group: string, id: string): Promise<readonly HistoryRow[]> {
    return this.session.read(async ({ database, catalogue }) => {
      const [first] = catalogue.versions(group);
      const rows = await logOf(database, first.groupId, id);
      return rows.map((row) => historyRow(catalogue.version(group, row.version), row));
    });
  }

  async query(sql: string, params: readonly StoreValue[] = []): Promise<QueryResult> {
    this.session.checkOpen();
    return this.session.database.select(sql, params);
  }

  dataset(spec: DatasetSpec): Promise<StoredDataset> {
    return this.session.read((work) => buildDataset(work, spec));
  }

  async rebuildDataset(pinned: PinnedDataset): Promise<StoredDataset> {
    checkPinned(pinned);
    const dataset = await this.dataset(pinned.spec);
    checkRebuilt(pinned, dataset);
    return dataset;
  }

  export(group: string, file: string): Promise<{ readonly rows: number }> {
    return this.session.read((work) => exportGroup(work, group, file));
  }

  statistics(group: string, options: StatisticsOptions = {}): Promise<readonly FeatureStatistics[]> {
    return this.session.read((work) => groupStatistics(work, group, options));
  }

  drift(group: string, options: DriftOptions): Promise<readonly FeatureDrift[]> {
    return this.session.read((work) => groupDrift(work, group, options));
  }

  async exportHistory(folder: string, options: HistoryExportOptions = {}): Promise<HistoryFiles> {
    checkExportOptions(options);
    return fillNewFolder(folder, (fresh) =>
      this.session.read(async (work) => {
        const names = options.groups ?? work.catalogue.names();
        return summaryOf(await exportHistory(work, names, fresh(), options.partition ?? 'event-day'));
      }),
    );
  }

  async importHistory(folder: string): Promise<HistoryFiles> {
    const groups = await checkExport(folder);
    await this.session.write((work) => importHistory(work, groups, false));
    return summaryOf(groups.map(({ content }) => content));
  }

  async backup(folder: string): Promise<BackupSummary> {
    return fillNewFolder(folder, (fresh) => this.session.read((work) => writeBackup(work, fresh())));
  }

  async restore(folder: string, expectedDigest?: string): Promise<BackupSummary> {
    const { groups, summary } = await checkBackup(folder, expectedDigest);
    await this.session.write((work) => importHistory(work, groups, true));
    return summary;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

async function describe(work: Work, stored: GroupVersion): Promise<StoredGroup> {
  return { ...definitionOf(work, stored), recordCount: await countRecords(work, stored, stored.version) };
}

function definitionOf({ catalogue }: Work, { group, version, createdAtMs }: GroupVersion): GroupDefinition {
  const { updatedAtMs, ...settings } = catalogue.settings(group.name);
  return { ...group, version, createdAtMs, settings, updatedAtMs };
}
