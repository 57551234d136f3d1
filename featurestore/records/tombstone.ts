import type { SqlDatabase } from '../sql/database.js';
import { internalSchema } from '../sql/statements.js';
import type { WriteMoment } from './ingest.js';
import type { LogRow } from './read.js';

/** Marks a record as deleted, at the event time of its latest state, so that nothing older brings it back. */
export async function appendTombstone(
  database: SqlDatabase,
  groupId: number,
  id: string,
  latest: LogRow,
  moment: WriteMoment,
): Promise<void> {
  await database.run(
    `INSERT INTO ${internalSchema}.log VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE, '', NULL, NULL, NULL)`,
    [moment.firstSeq, groupId, latest.version, id, latest.eventTimeMs, moment.writeTimeMs, moment.apiInvocationTimeMs],
  );
}
