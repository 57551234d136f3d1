import type { FeatureGroup, GroupSettings } from '../contract/index.js';
import { StoreError, storeError } from '../errors.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { Catalogue } from './catalogue.js';
import { readRows, type SqlDatabase, type SqlReader } from './database.js';
import type { Dialect } from './dialect.js';
import { SerialQueue } from './serial.js';
import { internalSchema } from './statements.js';

/** When a write happens: the next free `seq` of its group, and the times of the log in milliseconds since 1970 UTC. */
export interface WriteMoment {
  readonly firstSeq: number;
  readonly writeTimeMs: number;
  readonly apiInvocationTimeMs: number;
}

/** What a piece of work sees of the store: the database inside its transaction (if it is a write) and the groups as of then. */
export interface Work {
  readonly database: SqlDatabase;
  readonly dialect: Dialect;
  readonly catalogue: Catalogue;
  /** The time of the call, in milliseconds since 1970 UTC. */
  readonly nowMs: number;
}

/** An open store: who may use the database when, and with which catalogue. */
export class StoreSession {
  readonly #queue = new SerialQueue();
  #closed = false;
  #writesEnded = 0;

  /** @param now milliseconds since 1970 UTC; the store never writes a time before the last one it wrote */
  constructor(
    readonly database: SqlDatabase,
    readonly dialect: Dialect,
    readonly catalogue: Catalogue,
    readonly now: () => number,
  ) {}

  /** @throws StoreError STORE_CLOSED */
  checkOpen(): void {
    if (this.#closed) throw storeError('STORE_CLOSED');
  }

  /** Reading. Of a store that others change too, the groups are looked at anew; the work is done again when they were not the newest. */
  async read<T>(work: (work: Work) => Promise<T>): Promise<T> {
    this.checkOpen();
    const nowMs = this.now();
    const once = () => work({ database: this.database, dialect: this.dialect, catalogue: this.catalogue, nowMs });
    if (!this.database.isShared) return this.#queue.run(once);
    const attempt = once().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (await this.catalogue.refresh()) {
      await attempt;
      return once();
    }
    const result = await attempt;
    if ('error' in result) throw result.error;
    return result.value;
  }

  /** Counts the transactions of this process that have ended: while it stays the same, a store that is not shared does too. */
  get writesEnded(): number {
    return this.#writesEnded;
  }

  /**
   * Reading that does not wait for a write under way, where the engine can. What its refusal may owe to a catalogue that is just
   * changing is asked once more after the writes before it.
   */
  async readBeside<T>(work: (work: Work, reader: SqlReader | undefined) => Promise<T>): Promise<T> {
    const { database, dialect, catalogue } = this;
    const { beside } = database;
    if (beside === undefined) return this.read((inTurn) => work(inTurn, undefined));
    this.checkOpen();
    try {
      return await work({ database, dialect, catalogue, nowMs: this.now() }, beside);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return this.read((inTurn) => work(inTurn, beside));
    }
  }

  /** Writing, in one transaction. The catalogue changes only when it is committed. */
  async write<T>(work: (work: Work) => Promise<T>): Promise<T> {
    this.checkOpen();
    if (this.database.readOnly) throw storeError('STORE_READ_ONLY');
    const nowMs = this.now();
    return this.#queue.run(async () => {
      try {
        const { result, catalogue } = await this.database.transaction(async () => {
          // made in here: a transaction that is begun anew must not see what the one before had changed
          const fork = this.catalogue.fork();
          return {
            result: await work({ database: this.database, dialect: this.dialect, catalogue: fork, nowMs }),
            catalogue: fork,
          };
        });
        this.catalogue.adopt(catalogue);
        return result;
      } finally {
        this.#writesEnded++;
      }
    });
  }

  /** Waits for what is under way. Closing twice is allowed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.run(() => this.database.close());
  }
}

/**
 * The version of a group that a write goes to, made when there is none, with the group's lock held to the end of the transaction.
 * @param settings of a group that is new
 */
export async function lockedVersion(work: Work, group: FeatureGroup, settings?: GroupSettings): Promise<GroupVersion> {
  const { database, catalogue, nowMs } = work;
  if (database.isShared) await catalogue.refresh();
  let found = catalogue.find(group);
  if (found === undefined) {
    await database.lock('catalogue');
    if (database.isShared) await catalogue.refresh();
    found = await catalogue.register(group, nowMs, settings);
  }
  await database.lock(found.groupId);
  const wasGone = database.isShared && (await catalogue.refresh()) && catalogue.find(group)?.groupId !== found.groupId;
  return wasGone ? lockedVersion(work, group, settings) : found;
}

/** Holds the lock of a group that is there to the end of the transaction. @throws StoreError STORE_UNKNOWN_GROUP */
export async function lockGroup({ database, catalogue }: Work, name: string): Promise<GroupVersion> {
  if (database.isShared) await catalogue.refresh();
  await database.lock(catalogue.version(name).groupId);
  if (database.isShared) await catalogue.refresh();
  return catalogue.version(name);
}

/** Holds the lock of the catalogue to the end of the transaction. */
export async function lockCatalogue({ database, catalogue }: Work): Promise<void> {
  await database.lock('catalogue');
  if (database.isShared) await catalogue.refresh();
}

/** The moment of a write to a group; to be called with the group's lock held. */
export async function momentOf({ database, nowMs }: Work, groupId: number): Promise<WriteMoment> {
  // write times grow with seq, so the last line has both; asked for the two maxima, an engine may go through all lines
  const sql = `SELECT seq, write_time FROM ${internalSchema}.log WHERE group_id = ${groupId} ORDER BY seq DESC LIMIT 1`;
  const [seq = 0, lastWriteMs = -8640000000000000] = (await readRows(database, sql))[0] ?? [];
  // "latest write wins" and "known at" must agree, so a clock that was set back does not take the log with it
  const writeTimeMs = Math.max(nowMs, Number(lastWriteMs));
  return { firstSeq: Number(seq) + 1, writeTimeMs, apiInvocationTimeMs: nowMs };
}
