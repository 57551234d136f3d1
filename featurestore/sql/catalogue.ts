import type { FeatureDefinition, FeatureGroup, GroupSettings } from '../contract/index.js';
import { storeError } from '../errors.js';
import { checkGroup } from '../groups/check-group.js';
import { checkUnchangedMeaning, findSameVersion, type GroupVersion } from '../groups/group-version.js';
import { defaultSettings, type StoredSettings } from '../groups/settings.js';
import { readRows, type SqlDatabase, type SqlParameter } from './database.js';
import { type Dialect, quoteName } from './dialect.js';
import { featureTableName, groupViews, internalSchema, viewNames } from './statements.js';

/** The registered groups, kept in memory beside the tables that hold them. */
export class Catalogue {
  #groups = new Map<string, readonly GroupVersion[]>();
  #settings = new Map<string, StoredSettings>();
  /** Counts the changes of the catalogue, by whichever process. */
  #revision = -1;

  private constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: Dialect,
  ) {}

  static async load(database: SqlDatabase, dialect: Dialect): Promise<Catalogue> {
    const catalogue = new Catalogue(database, dialect);
    await catalogue.#load();
    return catalogue;
  }

  /** A copy for a transaction to change. */
  fork(): Catalogue {
    const copy = new Catalogue(this.database, this.dialect);
    copy.#groups = new Map(this.#groups);
    copy.#settings = new Map(this.#settings);
    copy.#revision = this.#revision;
    return copy;
  }

  /** Takes over what a fork's transaction has committed, unless something newer is known by now. */
  adopt(fork: Catalogue): void {
    if (fork.#revision <= this.#revision) return;
    this.#groups = fork.#groups;
    this.#settings = fork.#settings;
    this.#revision = fork.#revision;
  }

  /** Reads everything again if another process has changed something. @returns whether one had */
  async refresh(): Promise<boolean> {
    if ((await this.#storedRevision()) === this.#revision) return false;
    await this.#load();
    return true;
  }

  async #storedRevision(): Promise<number> {
    const [row] = await readRows(this.database, `SELECT revision FROM ${internalSchema}.catalogue_state`);
    return Number(row?.[0]);
  }

  async #load(): Promise<void> {
    const revision = await this.#storedRevision();
    const groups = await readRows(
      this.database,
      `SELECT group_id, name, version, record_identifier, event_time, settings_digest, created_at
        FROM ${internalSchema}.feature_group ORDER BY group_id, version`,
    );
    const features = await readRows(
      this.database,
      `SELECT group_id, version, name, type, unit, description, role, reference
        FROM ${internalSchema}.feature ORDER BY group_id, version, position`,
    );
    const definitions = new Map<string, FeatureDefinition[]>();
    for (const row of features) {
      const key = `${row[0]}.${row[1]}`;
      const list = definitions.get(key) ?? [];
      list.push(definitionOf(row));
      definitions.set(key, list);
    }
    const settings = await readRows(
      this.database,
      `SELECT group_id, description, owner, tags, online, offline, ttl, updated_at FROM ${internalSchema}.group_setting`,
    );
    const settingsOf = new Map(settings.map((row) => [Number(row[0]), storedSettings(row)] as const));
    this.#groups = new Map();
    this.#settings = new Map();
    for (const row of groups) {
      const version = versionOf(row, definitions.get(`${row[0]}.${row[2]}`) ?? []);
      this.#add(version);
      const stored = settingsOf.get(version.groupId);
      if (stored !== undefined) this.#settings.set(version.group.name, stored);
    }
    this.#revision = revision;
  }

  /** Names of the groups in code point order. */
  names(): readonly string[] {
    return [...this.#groups.keys()].sort((a, b) => (a < b ? -1 : 1));
  }

  /** @throws StoreError STORE_UNKNOWN_GROUP */
  versions(name: string): readonly [GroupVersion, ...GroupVersion[]] {
    const [first, ...rest] = this.#groups.get(name) ?? [];
    if (first === undefined) throw storeError('STORE_UNKNOWN_GROUP', name, this.names().join(', ') || 'none');
    return [first, ...rest];
  }

  /**
   * The version asked for, or the newest.
   * @throws StoreError STORE_UNKNOWN_GROUP or STORE_UNKNOWN_VERSION
   */
  version(name: string, version?: number): GroupVersion {
    const versions = this.versions(name);
    const newest = versions.at(-1) ?? versions[0];
    if (version === undefined) return newest;
    const found = versions.find((v) => v.version === version);
    if (found === undefined) throw storeError('STORE_UNKNOWN_VERSION', name, version, newest.version);
    return found;
  }

  /** What is said about a group as a whole. @throws StoreError STORE_UNKNOWN_GROUP */
  settings(name: string): StoredSettings {
    this.versions(name);
    return this.#settings.get(name) ?? { ...defaultSettings, updatedAtMs: 0 };
  }

  /** The version of a group with the same definitions and settings digest. */
  find(group: FeatureGroup): GroupVersion | undefined {
    return findSameVersion(group, this.#groups.get(group.name) ?? []);
  }

  /**
   * Finds or makes the version of a group; to be called inside a transaction that holds the lock of the catalogue.
   * @param settings of a group that is new
   * @throws StoreError of `checkGroup`, STORE_NAME_CLASH or STORE_GROUP_CHANGED
   */
  async register(
    group: FeatureGroup,
    createdAtMs: number,
    settings: GroupSettings = defaultSettings,
  ): Promise<GroupVersion> {
    checkGroup(group);
    const versions = this.#groups.get(group.name) ?? [];
    const same = findSameVersion(group, versions);
    if (same !== undefined) return same;
    this.#checkViewNames(group.name, group.definitions.length);
    checkUnchangedMeaning(group, versions);
    const groupId = versions[0]?.groupId ?? (await this.#nextGroupId());
    const made: GroupVersion = { groupId, version: (versions.at(-1)?.version ?? 0) + 1, createdAtMs, group };
    await this.#store(made);
    if (versions.length === 0) await this.#saveSettings(group.name, groupId, { ...settings, updatedAtMs: createdAtMs });
    this.#add(made);
    await this.#makeViews(group.name);
    await this.#changed();
    return made;
  }

  /** Stores new settings of a group; to be called inside a transaction that holds the lock of the catalogue. */
  async change(name: string, settings: StoredSettings): Promise<void> {
    const [{ groupId }] = this.versions(name);
    await this.#saveSettings(name, groupId, settings);
    await this.#makeViews(name);
    await this.#changed();
  }

  /** Takes a group out of the tables of the catalogue, with its views; the log is the caller's. */
  async remove(name: string): Promise<void> {
    const versions = this.versions(name);
    const [{ groupId }] = versions;
    const widest = Math.max(...versions.map((v) => v.group.definitions.length));
    const there = await readRows(this.database, 'SELECT table_name FROM information_schema.views');
    const existing = new Set(there.map(([view]) => view));
    for (const view of viewNames(name, widest, this.dialect)
      .flat()
      .filter((v) => existing.has(v))) {
      await this.database.run(`DROP VIEW ${this.dialect.viewPrefix}${quoteName(view)}`);
    }
    for (const table of ['feature_group', 'feature', 'group_setting']) {
      await this.database.run(`DELETE FROM ${internalSchema}.${table} WHERE group_id = ${groupId}`);
    }
    this.#groups.delete(name);
    this.#settings.delete(name);
    await this.#changed();
  }

  /** Makes the views of every group anew, as after a change of the store's format. */
  async makeAllViews(): Promise<void> {
    for (const name of this.names()) await this.#makeViews(name);
  }

  async #makeViews(name: string): Promise<void> {
    const target = this.settings(name).online ? 'online' : 'offline';
    for (const statement of groupViews(this.versions(name), target, this.dialect)) await this.database.run(statement);
  }

  /** Ids of groups are never used again. */
  async #nextGroupId(): Promise<number> {
    const state = `${internalSchema}.catalogue_state`;
    await this.database.run(`UPDATE ${state} SET last_group_id = last_group_id + 1`);
    const [row] = await readRows(this.database, `SELECT last_group_id FROM ${state}`);
    return Number(row?.[0]);
  }

  async #changed(): Promise<void> {
    await this.database.run(`UPDATE ${internalSchema}.catalogue_state SET revision = revision + 1`);
    this.#revision = await this.#storedRevision();
  }

  async #saveSettings(name: string, groupId: number, settings: StoredSettings): Promise<void> {
    const table = `${internalSchema}.group_setting`;
    await this.database.run(`DELETE FROM ${table} WHERE group_id = ${groupId}`);
    const flags = `${settings.online}, ${settings.offline}`;
    await this.database.run(`INSERT INTO ${table} VALUES (${groupId}, $1, $2, $3, ${flags}, $4, $5)`, [
      settings.description,
      settings.owner,
      JSON.stringify(settings.tags),
      settings.ttlMs ?? null,
      settings.updatedAtMs,
    ]);
    this.#settings.set(name, settings);
  }

  #add(version: GroupVersion): void {
    this.#groups.set(version.group.name, [...(this.#groups.get(version.group.name) ?? []), version]);
  }

  /** Each group takes two or more view names, which SQL compares without case. */
  #checkViewNames(name: string, columnCount: number): void {
    const taken = new Map<string, string>();
    for (const [other, versions] of this.#groups) {
      if (other === name) continue;
      const widest = Math.max(...versions.map((v) => v.group.definitions.length));
      for (const view of viewNames(other, widest, this.dialect).flat()) taken.set(view.toLowerCase(), view);
    }
    for (const view of viewNames(name, columnCount, this.dialect).flat()) {
      const other = taken.get(view.toLowerCase());
      if (other !== undefined) throw storeError('STORE_NAME_CLASH', 'group or view name', view, other);
    }
  }

  async #store({ groupId, version, createdAtMs, group }: GroupVersion): Promise<void> {
    await this.database.run(`INSERT INTO ${internalSchema}.feature_group VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
      groupId,
      group.name,
      version,
      group.recordIdentifier,
      group.eventTime,
      group.settingsDigest,
      createdAtMs,
    ]);
    const { definitions } = group;
    const count = definitions.length;
    const text = (pick: (d: FeatureDefinition) => string | null) =>
      ({ type: 'string', values: definitions.map(pick) }) as const;
    const number = (value: (index: number) => number) =>
      ({ type: 'integer', values: Float64Array.from({ length: count }, (_, index) => value(index)) }) as const;
    const columns = [
      number(() => groupId),
      number(() => version),
      number((index) => index),
      text((d) => d.name),
      text((d) => d.type),
      text((d) => d.unit),
      text((d) => d.description),
      text((d) => d.role),
      text((d) => d.reference ?? null),
    ];
    await this.database.append(featureTableName, columns, count);
  }
}

function definitionOf(row: readonly SqlParameter[]): FeatureDefinition {
  const [, , name, type, unit, description, role, reference] = row;
  return {
    name: String(name),
    type: type as FeatureDefinition['type'],
    unit: String(unit),
    description: String(description),
    role: role as FeatureDefinition['role'],
    ...(typeof reference === 'string' ? { reference } : {}),
  };
}

function storedSettings(row: readonly SqlParameter[]): StoredSettings {
  const [, description, owner, tags, online, offline, ttl, updatedAt] = row;
  return {
    description: String(description),
    owner: String(owner),
    tags: JSON.parse(String(tags)),
    online: online === 1,
    offline: offline === 1,
    ...(ttl === null || Number.isNaN(ttl) ? {} : { ttlMs: Number(ttl) }),
    updatedAtMs: Number(updatedAt),
  };
}

function versionOf(row: readonly SqlParameter[], definitions: readonly FeatureDefinition[]): GroupVersion {
  const [groupId, name, version, recordIdentifier, eventTime, settingsDigest, createdAt] = row;
  return {
    groupId: Number(groupId),
    version: Number(version),
    createdAtMs: Number(createdAt),
    group: {
      name: String(name),
      recordIdentifier: String(recordIdentifier),
      eventTime: String(eventTime),
      definitions,
      settingsDigest: String(settingsDigest),
    },
  };
}
