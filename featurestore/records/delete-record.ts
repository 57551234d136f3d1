import type { DeleteOptions } from '../contract/index.js';
import { storeError } from '../errors.js';
import { readRows } from '../sql/database.js';
import { lockGroup, momentOf, type Work } from '../sql/session.js';
import { internalSchema, logTable } from '../sql/statements.js';
import { isAlive, latestLogRow } from './read.js';
import { targetsOf } from './targets.js';

const modes = ['soft', 'hard'];

/**
 * Appends a tombstone, by default at the event time of the latest state, so that nothing older brings the record back. With an event
 * time of its own it is appended whatever is there, as a fact of that time.
 * A hard deletion counts in both target stores.
 * @returns whether a latest record went
 */
export async function deleteRecord(work: Work, group: string, id: string, options: DeleteOptions): Promise<boolean> {
  const { mode = 'soft', eventTimeMs } = options;
  checkDeletion(group, id, options);
  const stored = await lockGroup(work, group);
  const { groupId } = stored;
  const targets = targetsOf(work, group, options.targets);
  const latest = await latestLogRow(work.database, groupId, id, targets.online ? 'online' : 'offline');
  const wasThere = isAlive(latest, targets.online ? work.nowMs : Number.NEGATIVE_INFINITY);
  if (!wasThere && eventTimeMs === undefined) return false;
  const isLate = eventTimeMs !== undefined && latest !== undefined && eventTimeMs < latest.eventTimeMs;
  // a hard deletion of the past does not take what came later with it
  const isHard = mode === 'hard' && !isLate;
  const [deepest] = await readRows(
    work.database,
    `SELECT coalesce(max(epoch), 0) FROM ${internalSchema}.log WHERE group_id = ${groupId} AND record_id = $1`,
    [id],
  );
  const settings = work.catalogue.settings(group);
  const moment = await momentOf(work, groupId);
  const constant = (value: string | number | null) => ({ type: 'constant', value }) as const;
  await work.database.append(
    logTable,
    [
      constant(moment.firstSeq),
      constant(groupId),
      constant(latest?.version ?? stored.version),
      constant(id),
      constant(eventTimeMs ?? latest?.eventTimeMs ?? 0),
      constant(moment.writeTimeMs),
      constant(moment.apiInvocationTimeMs),
      constant(1),
      constant(null),
      constant(null),
      constant(null),
      constant((isHard ? settings : targets).online ? 1 : 0),
      constant((isHard ? settings : targets).offline ? 1 : 0),
      constant(Number(deepest?.[0]) + (isHard ? 1 : 0)),
      constant(isHard ? 1 : 0),
      constant(null),
    ],
    1,
  );
  return wasThere && !isLate;
}

/** @throws StoreError STORE_BAD_OPTIONS or STORE_BAD_VALUE */
function checkDeletion(group: string, id: string, { mode = 'soft', eventTimeMs }: DeleteOptions): void {
  if (!modes.includes(mode)) {
    throw storeError('STORE_BAD_OPTIONS', `mode is ${JSON.stringify(mode)}, expected soft or hard`);
  }
  if (eventTimeMs !== undefined && !(Number.isSafeInteger(eventTimeMs) && Math.abs(eventTimeMs) <= 8.64e15)) {
    throw storeError('STORE_BAD_VALUE', group, 'eventTimeMs', `is ${eventTimeMs}, expected whole milliseconds`);
  }
  if (id === '') throw storeError('STORE_BAD_VALUE', group, 'id', 'is missing');
}
