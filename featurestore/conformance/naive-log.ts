/** What a test writes: one row of a table. */
export interface NaiveRow {
  readonly id: string;
  readonly eventTimeMs: number;
  /** NaN when missing. */
  readonly number: number;
  readonly text: string | null;
}

interface Event extends NaiveRow {
  readonly writeTimeMs: number;
  readonly isDeleted: boolean;
  readonly isHard?: boolean;
}

/**
 * The rules of the store as a list of events and loops over it: slow, plain, and knowing nothing of SQL. Expected answers come from here.
 */
export class NaiveLog {
  readonly events: Event[] = [];

  /** A row is written unless the last event of the same id and event time says the same. */
  ingest(rows: readonly NaiveRow[], writeTimeMs: number): { written: number; unchanged: number } {
    let written = 0;
    for (const row of rows) {
      let last: Event | undefined;
      for (const event of this.events) {
        if (event.id === row.id && event.isHard) last = undefined;
        else if (event.id === row.id && event.eventTimeMs === row.eventTimeMs) last = event;
      }
      if (last !== undefined && !last.isDeleted && Object.is(last.number, row.number) && last.text === row.text)
        continue;
      this.events.push({ ...row, writeTimeMs, isDeleted: false });
      written++;
    }
    return { written, unchanged: rows.length - written };
  }

  delete(id: string, writeTimeMs: number): boolean {
    const latest = this.latest(id);
    if (latest === undefined) return false;
    this.events.push({ ...latest, writeTimeMs, isDeleted: true });
    return true;
  }

  /** A hard deletion at the time of the latest state: nothing written before it counts any more. */
  deleteHard(id: string, writeTimeMs: number): boolean {
    const latest = this.latest(id);
    if (latest === undefined) return false;
    this.events.push({ ...latest, writeTimeMs, isDeleted: true, isHard: true });
    return true;
  }

  /** Greatest event time, then the last written; undefined when that is a deletion. */
  latest(id: string, asOfMs = Number.POSITIVE_INFINITY, knownAtMs = Number.POSITIVE_INFINITY): NaiveRow | undefined {
    let latest: Event | undefined;
    for (const event of this.events) {
      if (event.id !== id || event.writeTimeMs > knownAtMs) continue;
      if (event.isHard) {
        latest = undefined;
        continue;
      }
      if (event.eventTimeMs > asOfMs) continue;
      if (latest === undefined || event.eventTimeMs >= latest.eventTimeMs) latest = event;
    }
    return latest === undefined || latest.isDeleted ? undefined : latest;
  }

  history(id: string): readonly Event[] {
    return this.events.filter((event) => event.id === id);
  }
}
