import type { FeatureGroup, PackedRecord, RecordLayout } from '../../contract/index.js';
import type { ReplyBytes } from '../reply-bytes.js';
import { type ValueStyle, type ValueWriter, valueWriters } from '../value-writer.js';
import { awsType } from './definitions.js';

const isoStyle: ValueStyle = {
  brackets: '[]',
  // names are letters, digits, "-" and "_": nothing to escape
  before: (name) => `{"FeatureName":"${name}","ValueAsString":"`,
  after: '"}',
  // missing values are left out, as the cloud store does
  special: (value) => (value === null || Number.isNaN(value) ? undefined : String(value)),
  text: (value) => JSON.stringify(value).slice(1, -1),
  eventTime: (ms) => new Date(ms).toISOString(),
};
const writerOf = valueWriters(isoStyle);
const writerInSeconds = valueWriters({ ...isoStyle, eventTime: (ms) => String(ms / 1000) });

/** Writes the records of a group in the client's words, a list of names and texts in the order of their layout. */
export function awsRecordWriter(group: FeatureGroup): (layout: RecordLayout) => ValueWriter {
  const eventTime = group.definitions.find((d) => d.name === group.eventTime);
  return eventTime !== undefined && awsType(eventTime) === 'Fractional' ? writerInSeconds : writerOf;
}

/** `,"ExpiresAt":"…"` when it is wanted and the record expires. */
export function writeExpiry({ expiresAtMs }: PackedRecord, wanted: boolean, reply: ReplyBytes): void {
  if (wanted && !Number.isNaN(expiresAtMs)) reply.text(`,"ExpiresAt":"${new Date(expiresAtMs).toISOString()}"`);
}
