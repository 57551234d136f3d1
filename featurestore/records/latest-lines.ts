import type { SqlReader } from '../sql/database.js';
import { internalSchema } from '../sql/statements.js';

/** The line of a record that counts; a tombstone or an expired line does too. */
export interface LatestLine {
  readonly seq: number;
  readonly version: number;
  readonly eventTimeMs: number;
  /** NaN when it does not expire. */
  readonly expiresAtMs: number;
  readonly isDeleted: boolean;
}

/** Records that are held in memory at most, over all groups: some 120 MB a million. */
const defaultMostRecords = 5_000_000;

/**
 * Which line of each record counts among the latest, for an engine without an index that would say it. No values are held. Read from the log when a group is first asked for, then kept up with the lines that were added since (a group's `seq` only
 * grows). Groups that are too large for the bound are not held.
 */
export class LatestLines {
  /** In the order of use, the least recent first. */
  readonly #groups = new Map<number, GroupLines>();
  readonly #tooLarge = new Set<number>();

  constructor(private readonly mostRecords = defaultMostRecords) {}

  /**
   * @param state changes whenever lines may have been added
   * @returns by id, undefined for an id without a line; undefined as a whole when the group is too large to be held
   */
  async find(
    reader: SqlReader,
    groupId: number,
    ids: readonly string[],
    state: number,
  ): Promise<readonly (LatestLine | undefined)[] | undefined> {
    if (this.#tooLarge.has(groupId)) return undefined;
    const lines = this.#groups.get(groupId) ?? new GroupLines(groupId);
    this.#groups.delete(groupId);
    this.#groups.set(groupId, lines);
    await lines.catchUp(reader, state, this.mostRecords);
    if (lines.size > this.mostRecords) {
      this.#groups.delete(groupId);
      this.#tooLarge.add(groupId);
      return undefined;
    }
    this.#forgetOthers(groupId);
    return ids.map((id) => lines.of(id));
  }

  #forgetOthers(kept: number): void {
    let held = 0;
    for (const lines of this.#groups.values()) held += lines.size;
    for (const [groupId, lines] of this.#groups) {
      if (held <= this.mostRecords) return;
      if (groupId === kept) continue;
      this.#groups.delete(groupId);
      held -= lines.size;
    }
  }
}

/** The lines of one group. */
class GroupLines {
  readonly #slots = new Map<string, number>();
  #seq = new Float64Array(1024);
  #eventTime = new Float64Array(1024);
  /** Greater counts more, before event time: twice the epoch, and one less for a hard deletion. */
  #rank = new Int32Array(1024);
  /** Negative for a tombstone. */
  #version = new Int32Array(1024);
  #expiresAt = new Float64Array(1024);
  #lastSeq = 0;
  #state = Number.NaN;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly groupId: number) {}

  get size(): number {
    return this.#slots.size;
  }

  of(id: string): LatestLine | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    const version = this.#version[slot] as number;
    return {
      seq: this.#seq[slot] as number,
      version: Math.abs(version),
      eventTimeMs: this.#eventTime[slot] as number,
      expiresAtMs: this.#expiresAt[slot] as number,
      isDeleted: version < 0,
    };
  }

  /** Reads the lines that were added since the last time, or stops when there are more than `most` records. */
  catchUp(reader: SqlReader, state: number, most: number): Promise<void> {
    this.#running = this.#running
      .catch(() => undefined)
      .then(async () => {
        if (this.#state !== state) await this.#read(reader, most);
        this.#state = state;
      });
    return this.#running;
  }

  async #read(reader: SqlReader, most: number): Promise<void> {
    const sql = `SELECT record_id, seq, event_time, 2 * epoch + CASE WHEN is_hard THEN 0 ELSE 1 END,
        CASE WHEN is_deleted THEN -version ELSE version END, expires_at FROM ${internalSchema}.log
      WHERE group_id = ${this.groupId} AND seq > ${this.#lastSeq} AND is_online`;
    let last = this.#lastSeq;
    await reader.scan(sql, [], ({ columns, rowCount }) => {
      if (this.#slots.size > most) return;
      const [ids, ...facts] = columns.map(({ values }) => values);
      const [seqs, ...others] = facts as Float64Array[];
      for (let row = 0; row < rowCount; row++) {
        const seq = seqs?.[row] as number;
        this.#take(String(ids?.[row]), seq, others, row);
        if (seq > last) last = seq;
      }
    });
    this.#lastSeq = last;
  }

  #take(id: string, seq: number, facts: readonly Float64Array[], row: number): void {
    const [eventTimes, ranks, versions, expiries] = facts;
    const [eventTime, rank] = [eventTimes?.[row] as number, ranks?.[row] as number];
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = this.#slots.size;
      this.#slots.set(id, slot);
      if (slot >= this.#seq.length) this.#grow();
    } else if (!this.#isNewer(slot, seq, eventTime, rank)) return;
    this.#seq[slot] = seq;
    this.#eventTime[slot] = eventTime;
    this.#rank[slot] = rank;
    this.#version[slot] = versions?.[row] as number;
    this.#expiresAt[slot] = expiries?.[row] as number;
  }

  /** The order of `newestFirst`. */
  #isNewer(slot: number, seq: number, eventTime: number, rank: number): boolean {
    const [rankThere, timeThere] = [this.#rank[slot] as number, this.#eventTime[slot] as number];
    if (rank !== rankThere) return rank > rankThere;
    if (eventTime !== timeThere) return eventTime > timeThere;
    return seq > (this.#seq[slot] as number);
  }

  #grow(): void {
    const room = this.#seq.length * 2;
    const wider = <T extends Float64Array | Int32Array>(made: T, from: T): T => {
      made.set(from);
      return made;
    };
    this.#seq = wider(new Float64Array(room), this.#seq);
    this.#eventTime = wider(new Float64Array(room), this.#eventTime);
    this.#rank = wider(new Int32Array(room), this.#rank);
    this.#version = wider(new Int32Array(room), this.#version);
    this.#expiresAt = wider(new Float64Array(room), this.#expiresAt);
  }
}
