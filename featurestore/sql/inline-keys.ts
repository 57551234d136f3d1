import type { RecordKeys } from './database.js';
import { quoteText } from './dialect.js';

/** Above so many keys a table of them is faster than a list in the statement. */
const mostInline = 256;

/**
 * Keys as a list of values within a statement; undefined when there are too many, or one holds what a text literal cannot.
 * @returns what to write after FROM, without an alias; columns row_number, record_id, event_time
 */
export function inlineKeys({ ids, eventTimes }: RecordKeys, textType: string, most = mostInline): string | undefined {
  if (ids.length > most || ids.some((id) => id.includes('\0'))) return undefined;
  const rows = ids.map(
    (id, index) =>
      `(CAST(${index} AS BIGINT), CAST(${quoteText(id)} AS ${textType}), CAST(${eventTimes[index]} AS BIGINT))`,
  );
  return `(SELECT * FROM (VALUES ${rows.join(', ')}) v (row_number, record_id, event_time))`;
}
