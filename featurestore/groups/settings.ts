import type { GroupSettings, GroupSettingsChange } from '../contract/index.js';
import { storeError } from '../errors.js';

/** Settings with the time of their last change, in milliseconds since 1970 UTC. */
export interface StoredSettings extends GroupSettings {
  readonly updatedAtMs: number;
}

/** What a group has when nothing is said. */
export const defaultSettings: GroupSettings = { description: '', owner: '', tags: {}, online: true, offline: true };

const keys = ['description', 'owner', 'tags', 'online', 'offline', 'ttlMs'];
const mostTags = 50;
/** A hundred thousand years; event time and this still make a date. */
const greatestTtlMs = 3_155_760_000_000_000;

/**
 * Settings after a change.
 * @throws StoreError STORE_BAD_SETTINGS naming the setting
 */
export function changedSettings(group: string, before: GroupSettings, change: GroupSettingsChange): GroupSettings {
  const bad = (what: string) => storeError('STORE_BAD_SETTINGS', group, what);
  for (const key of Object.keys(change)) {
    if (!keys.includes(key)) throw bad(`"${key}" is not a setting; known: ${keys.join(', ')}`);
  }
  const { description = before.description, owner = before.owner, online = before.online } = change;
  const { offline = before.offline, ttlMs = before.ttlMs ?? null } = change;
  for (const [key, value] of Object.entries({ description, owner })) {
    if (typeof value !== 'string') throw bad(`"${key}" is ${JSON.stringify(value)}, expected a text`);
  }
  for (const [key, value] of Object.entries({ online, offline })) {
    if (typeof value !== 'boolean') throw bad(`"${key}" is ${JSON.stringify(value)}, expected true or false`);
  }
  if (!online && !offline) throw bad('"online" and "offline" are both off; then nothing would be kept');
  if (ttlMs !== null) checkTtl(ttlMs, bad);
  const tags = changedTags(before.tags, change.tags ?? {}, bad);
  return { description, owner, tags, online, offline, ...(ttlMs === null ? {} : { ttlMs }) };
}

function changedTags(
  before: GroupSettings['tags'],
  change: NonNullable<GroupSettingsChange['tags']>,
  bad: (what: string) => Error,
): GroupSettings['tags'] {
  const tags = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(change)) {
    if (name === '' || name.length > 128) throw bad(`the tag name ${JSON.stringify(name)} is not 1 to 128 characters`);
    if (value === null) tags.delete(name);
    else if (typeof value === 'string' && value.length <= 256) tags.set(name, value);
    else throw bad(`the tag "${name}" is ${JSON.stringify(value)}, expected a text of at most 256 characters`);
  }
  if (tags.size > mostTags) throw bad(`there are ${tags.size} tags, at most ${mostTags} are kept`);
  return Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws what `bad` makes of a time to live that is no positive whole number of milliseconds */
export function checkTtl(ttlMs: number, bad: (what: string) => Error): void {
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= greatestTtlMs) return;
  throw bad(`"ttlMs" is ${JSON.stringify(ttlMs)}, expected whole milliseconds from 1 to ${greatestTtlMs}`);
}
