import type { FeatureDefinition, FeatureGroup, FeatureType, Role } from '../contract/index.js';
import { storeError } from '../errors.js';
import { historyColumns } from '../sql/statements.js';

const namePattern = /^[A-Za-z0-9_-]{1,64}$/;

const types: Readonly<Record<FeatureType, true>> = { double: true, integer: true, string: true, timestamp: true };
const roles: Readonly<Record<Role, true>> = {
  identifier: true,
  feature: true,
  'post-baseline': true,
  followup: true,
  outcome: true,
  label: true,
  metadata: true,
};

/**
 * Checks a group at the door.
 * @throws StoreError STORE_BAD_NAME, STORE_NAME_CLASH, STORE_RESERVED_NAME or STORE_BAD_GROUP, naming the offender
 */
export function checkGroup(group: FeatureGroup): void {
  if (!namePattern.test(group.name)) throw storeError('STORE_BAD_NAME', 'group', group.name);
  const seen = new Map<string, string>();
  for (const definition of group.definitions) {
    checkDefinition(group.name, definition);
    const lower = definition.name.toLowerCase();
    const other = seen.get(lower);
    if (other === definition.name) {
      throw storeError('STORE_BAD_GROUP', group.name, `the feature "${other}" is defined twice`);
    }
    if (other !== undefined) throw storeError('STORE_NAME_CLASH', 'feature name', definition.name, other);
    seen.set(lower, definition.name);
  }
  checkKey(group, group.recordIdentifier, 'record identifier', 'string', 'identifier');
  checkKey(group, group.eventTime, 'event time', 'timestamp', 'metadata');
  if (typeof group.settingsDigest !== 'string') {
    throw storeError('STORE_BAD_GROUP', group.name, 'settingsDigest is not a text');
  }
}

function checkDefinition(group: string, definition: FeatureDefinition): void {
  if (!namePattern.test(definition.name)) throw storeError('STORE_BAD_NAME', 'feature', definition.name);
  if ((historyColumns as readonly string[]).includes(definition.name.toLowerCase())) {
    throw storeError('STORE_RESERVED_NAME', group, definition.name);
  }
  const bad = (what: string) => storeError('STORE_BAD_GROUP', group, `feature "${definition.name}" has ${what}`);
  if (!Object.hasOwn(types, definition.type)) {
    throw bad(`the type ${JSON.stringify(definition.type)}, expected ${Object.keys(types).join(', ')}`);
  }
  if (!Object.hasOwn(roles, definition.role)) {
    throw bad(`the role ${JSON.stringify(definition.role)}, expected ${Object.keys(roles).join(', ')}`);
  }
  if (typeof definition.unit !== 'string' || definition.unit === '') throw bad('no unit ("1" when dimensionless)');
  if (typeof definition.description !== 'string') throw bad('no description');
}

function checkKey(group: FeatureGroup, name: string, what: string, type: FeatureType, role: Role): void {
  const definition = group.definitions.find((d) => d.name === name);
  if (definition === undefined) {
    throw storeError('STORE_BAD_GROUP', group.name, `its ${what} "${name}" is not among its features`);
  }
  if (definition.type !== type || definition.role !== role) {
    const found = `type ${definition.type}, role ${definition.role}`;
    throw storeError(
      'STORE_BAD_GROUP',
      group.name,
      `its ${what} "${name}" has ${found}, expected type ${type}, role ${role}`,
    );
  }
}
