import type { TargetStore } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { Work } from '../sql/session.js';

/** Where a write counts: what it says, or else what the group's settings say. @throws StoreError STORE_BAD_OPTIONS */
export function targetsOf(
  { catalogue }: Work,
  group: string,
  targets: readonly TargetStore[] | undefined,
): { readonly online: boolean; readonly offline: boolean } {
  const { online, offline } = catalogue.settings(group);
  if (targets === undefined) return { online, offline };
  const wrong = targets.find((target) => target !== 'online' && target !== 'offline');
  if (wrong !== undefined || targets.length === 0) {
    throw storeError('STORE_BAD_OPTIONS', `targets is ${JSON.stringify(targets)}, expected online, offline or both`);
  }
  if (targets.includes('online') && !online) throw storeError('STORE_NOT_ONLINE', group);
  if (targets.includes('offline') && !offline) {
    throw storeError('STORE_BAD_OPTIONS', `group "${group}" keeps no history (its setting "offline" is off)`);
  }
  return { online: targets.includes('online'), offline: targets.includes('offline') };
}
