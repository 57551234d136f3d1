import type { FeatureGroup, GroupSearch, GroupSettings } from '../contract/index.js';
import { storeError } from '../errors.js';

const keys = ['text', 'feature', 'role', 'tag', 'tagValue', 'owner'];

/**
 * Whether a group meets every condition of a search.
 * @throws StoreError STORE_BAD_OPTIONS for an unknown condition
 */
export function meetsSearch(group: FeatureGroup, settings: GroupSettings, search: GroupSearch): boolean {
  for (const key of Object.keys(search)) {
    if (!keys.includes(key)) throw storeError('STORE_BAD_OPTIONS', `unknown search condition "${key}"`);
  }
  const { text, feature, role, tag, tagValue, owner } = search;
  if (text !== undefined && ![group.name, settings.description].some((t) => holds(t, text))) return false;
  if (owner !== undefined && !holds(settings.owner, owner)) return false;
  if (tag !== undefined && !Object.hasOwn(settings.tags, tag)) return false;
  if (tagValue !== undefined && !Object.entries(settings.tags).some(([t, v]) => v === tagValue && t === (tag ?? t))) {
    return false;
  }
  if (feature === undefined && role === undefined) return true;
  return group.definitions.some(
    (d) => (feature === undefined || holds(d.name, feature)) && (role === undefined || d.role === role),
  );
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
