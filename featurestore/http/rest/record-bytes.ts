import type { BatchResult, PackedRecord } from '../../contract/index.js';
import { ReplyBytes } from '../reply-bytes.js';
import { valueWriters } from '../value-writer.js';

const writerOf = valueWriters({
  brackets: '{}',
  // names are letters, digits, "-" and "_": nothing to escape
  before: (name) => `"${name}":`,
  after: '',
  special: () => 'null',
  text: JSON.stringify,
  eventTime: (ms) => `"${new Date(ms).toISOString()}"`,
});
/** Bytes of a record beside its values, more or less. */
const frame = 200;

/** JSON of a record, as of the `FeatureRecord` that it stands for. */
export function recordBytes(record: PackedRecord): Buffer {
  const reply = new ReplyBytes(writerOf(record.layout).room + frame);
  writeRecord(record, reply);
  return reply.end();
}

/** JSON of what a batch get found. */
export function batchBytes({ records, errors }: BatchResult<PackedRecord>): Buffer {
  const reply = new ReplyBytes(records.reduce((sum, { layout }) => sum + writerOf(layout).room + frame, frame));
  reply.text('{"records":[');
  for (const [index, record] of records.entries()) {
    if (index > 0) reply.text(',');
    writeRecord(record, reply);
  }
  reply.text(`],"errors":${JSON.stringify(errors)}}`);
  return reply.end();
}

function writeRecord(record: PackedRecord, reply: ReplyBytes): void {
  const { group, version, id, eventTimeMs, expiresAtMs, layout } = record;
  const expiresAt = Number.isNaN(expiresAtMs) ? '' : `,"expiresAt":"${new Date(expiresAtMs).toISOString()}"`;
  reply.text(
    `{"group":"${group}","version":${version},"id":${JSON.stringify(id)},"eventTime":"${new Date(eventTimeMs).toISOString()}"` +
      `${expiresAt},"values":`,
  );
  writerOf(layout).write(record, reply);
  reply.text('}');
}
