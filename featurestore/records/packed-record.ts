import type { FeatureGroup, FeatureRecord, PackedRecord, RecordLayout, StoreValue } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import { isoTime, type PackedRow, slotsOf, storeValue } from './pack.js';

/** By group, for all its features in the order of its definitions: made once, since a record is read in less time. */
const wholeLayouts = new WeakMap<FeatureGroup, RecordLayout>();

/** Where the values of some features of a group lie, in this order and each once; of all in the order of the definitions by default. */
export function layoutOf(group: FeatureGroup, features?: readonly string[]): RecordLayout {
  if (features !== undefined) return madeLayout(group, [...new Set(features)]);
  const known = wholeLayouts.get(group);
  if (known !== undefined) return known;
  const made = madeLayout(
    group,
    group.definitions.map((d) => d.name),
  );
  wholeLayouts.set(group, made);
  return made;
}

function madeLayout(group: FeatureGroup, features: readonly string[]): RecordLayout {
  const slots = slotsOf(group);
  const types = new Map(group.definitions.map((d) => [d.name, d.type] as const));
  return {
    features: features.map((name) => {
      const key = name === group.recordIdentifier ? 'id' : name === group.eventTime ? 'event-time' : undefined;
      return { name, type: types.get(name) ?? 'string', from: key ?? slots.get(name) };
    }),
  };
}

/** What of a line makes a record. */
export interface RecordLine {
  readonly id: string;
  readonly version: number;
  readonly eventTimeMs: number;
  readonly expiresAtMs: number;
  /** Undefined for a tombstone. */
  readonly values: PackedRow | undefined;
}

/** The record as one line of the log has it. */
export function packedRecord({ group }: GroupVersion, line: RecordLine, layout: RecordLayout): PackedRecord {
  const { id, version, eventTimeMs, expiresAtMs, values } = line;
  return { group: group.name, version, id, eventTimeMs, expiresAtMs, layout, values };
}

/** The record with its values by name; a tombstone has none. */
export function unpacked(record: PackedRecord): FeatureRecord {
  const { group, version, id, values } = record;
  const eventTime = isoTime(record.eventTimeMs);
  const named: Record<string, StoreValue> = {};
  if (values !== undefined) {
    for (const feature of record.layout.features) {
      const { name } = feature;
      const value = valueIn(record, feature);
      // an assignment to it would set the prototype
      if (name === '__proto__') Object.defineProperty(named, name, { value, enumerable: true, writable: true });
      else named[name] = value;
    }
  }
  const expiresAt = Number.isNaN(record.expiresAtMs) ? {} : { expiresAt: isoTime(record.expiresAtMs) };
  return { group, version, id, eventTime, ...expiresAt, values: named };
}

/** A value of a record as it leaves the store. */
function valueIn(record: PackedRecord, { from, type }: RecordLayout['features'][number]): StoreValue {
  if (from === undefined) return null;
  if (from === 'id') return record.id;
  if (from === 'event-time') return isoTime(record.eventTimeMs);
  return storeValue(type, record.values?.[from.list][from.index] ?? null);
}
