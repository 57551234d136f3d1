import type { FeatureDefinition, FeatureGroup } from '../contract/index.js';
import { storeError } from '../errors.js';
import { checkGroup } from '../groups/check-group.js';
import { checkUnchangedMeaning, findSameVersion, type GroupVersion } from '../groups/group-version.js';
import { readRows, type SqlDatabase, type SqlParameter } from './database.js';
import type { Dialect } from './dialect.js';
import { featureTableName, groupViews, internalSchema } from './statements.js';

/** The registered groups, kept in memory beside the tables that hold them. */
export class Catalogue {
  readonly #groups = new Map<string, GroupVersion[]>();

  private constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: Dialect,
  ) {}

  static async load(database: SqlDatabase, dialect: Dialect): Promise<Catalogue> {
    const catalogue = new Catalogue(database, dialect);
    await catalogue.reload();
    return catalogue;
  }

  /** Reads everything again, as after a transaction that was rolled back. */
  async reload(): Promise<void> {
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
    this.#groups.clear();
    for (const row of groups) this.#add(versionOf(row, definitions.get(`${row[0]}.${row[2]}`) ?? []));
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

  /**
   * Finds or makes the version of a group; to be called inside a transaction.
   * @throws StoreError of `checkGroup`, STORE_NAME_CLASH or STORE_GROUP_CHANGED
   */
  async register(group: FeatureGroup, createdAtMs: number): Promise<GroupVersion> {
    checkGroup(group);
    const versions = this.#groups.get(group.name) ?? [];
    const same = findSameVersion(group, versions);
    if (same !== undefined) return same;
    if (versions.length === 0) this.#checkViewNames(group.name);
    checkUnchangedMeaning(group, versions);
    const made: GroupVersion = {
      groupId: versions[0]?.groupId ?? this.#groups.size + 1,
      version: (versions.at(-1)?.version ?? 0) + 1,
      createdAtMs,
      group,
    };
    await this.#store(made);
    this.#add(made);
    for (const view of groupViews(this.versions(group.name), this.dialect)) await this.database.run(view);
    return made;
  }

  #add(version: GroupVersion): void {
    const versions = this.#groups.get(version.group.name);
    if (versions === undefined) this.#groups.set(version.group.name, [version]);
    else versions.push(version);
  }

  /** Each group takes two view names, which SQL compares without case. */
  #checkViewNames(name: string): void {
    const taken = new Map<string, string>();
    for (const other of this.#groups.keys()) {
      taken.set(other.toLowerCase(), other);
      taken.set(`${other.toLowerCase()}_history`, `${other}_history`);
    }
    for (const view of [name, `${name}_history`]) {
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
