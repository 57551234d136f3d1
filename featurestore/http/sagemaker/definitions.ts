import type { FeatureDefinition, FeatureGroup, FeatureType, Role } from '../../contract/index.js';
import { badField, RequestError } from './errors.js';
import { type Fields, fieldsOf, list, optionalChoice, text } from './fields.js';

/** The cloud store's types of a feature. */
export type AwsType = 'Integral' | 'Fractional' | 'String';

const awsTypes: readonly AwsType[] = ['Integral', 'Fractional', 'String'];
const ourTypes: Readonly<Record<AwsType, FeatureType>> = {
  Integral: 'integer',
  Fractional: 'double',
  String: 'string',
};
const awsTypeOf: Readonly<Record<FeatureType, AwsType>> = {
  integer: 'Integral',
  double: 'Fractional',
  string: 'String',
  timestamp: 'String',
};
const roles: readonly Role[] = ['feature', 'post-baseline', 'followup', 'outcome', 'label', 'metadata'];

/** How the declared type of record id and event time is remembered: ours are always text and timestamp. */
const declared = 'SageMaker:';

/** A definition as clients send and get it. */
export interface AwsDefinition {
  readonly FeatureName: string;
  readonly FeatureType: AwsType;
}

/** What a client says beside the definitions. */
export interface GroupKeys {
  readonly name: string;
  readonly recordIdentifier: string;
  readonly eventTime: string;
}

/** Reads `FeatureDefinitions`. @throws RequestError naming the feature; collections are refused by name */
export function readDefinitions(fields: Fields, field: string): readonly AwsDefinition[] {
  return list(fields, field).map((item, index) => {
    const where = `${field}[${index}]`;
    const one = fieldsOf(item, where, ['FeatureName', 'FeatureType', 'CollectionType', 'CollectionConfig']);
    const name = text(one, 'FeatureName');
    const collection = one.CollectionType ?? one.CollectionConfig ?? undefined;
    if (collection !== undefined) {
      throw badField('CollectionType', `of feature "${name}" is not supported: a feature of this store is one value`);
    }
    const type = optionalChoice(one, 'FeatureType', awsTypes);
    if (type === undefined) throw badField('FeatureType', `of feature "${name}" is missing`);
    return { FeatureName: name, FeatureType: type };
  });
}

/**
 * A group of ours. Numbers are features, texts are metadata, unless a tag `role:<feature>` says otherwise.
 * @throws RequestError when record id or event time cannot be what they are named as
 */
export function groupOf(
  keys: GroupKeys,
  definitions: readonly AwsDefinition[],
  tags: Readonly<Record<string, string>>,
): FeatureGroup {
  for (const [field, name] of [
    ['RecordIdentifierFeatureName', keys.recordIdentifier],
    ['EventTimeFeatureName', keys.eventTime],
  ] as const) {
    if (!definitions.some((d) => d.FeatureName === name)) {
      throw badField(field, `"${name}" is not among the FeatureDefinitions`);
    }
  }
  return {
    ...keys,
    definitions: definitions.map((definition) => definitionOf(definition, keys, tags)),
    settingsDigest: '',
  };
}

/** One feature of ours. */
export function definitionOf(
  { FeatureName: name, FeatureType: type }: AwsDefinition,
  keys: Pick<GroupKeys, 'recordIdentifier' | 'eventTime'>,
  tags: Readonly<Record<string, string>>,
): FeatureDefinition {
  const reference = declared + type;
  if (name === keys.recordIdentifier) {
    return { name, type: 'string', unit: '1', description: '', role: 'identifier', reference };
  }
  if (name === keys.eventTime) {
    if (type === 'Integral')
      throw badField('EventTimeFeatureName', `"${name}" is Integral, expected String or Fractional`);
    return { name, type: 'timestamp', unit: 'ms', description: '', role: 'metadata', reference };
  }
  const wish = tags[`role:${name}`];
  const role = roles.find((r) => r === wish) ?? (type === 'String' ? 'metadata' : 'feature');
  if (wish !== undefined && role !== wish) {
    throw new RequestError('validation', `The tag "role:${name}" is "${wish}", expected ${roles.join(', ')}`);
  }
  return { name, type: ourTypes[type], unit: '1', description: '', role };
}

/** The type a client declared, or the one that holds all values of ours. */
export function awsType({ type, reference }: FeatureDefinition): AwsType {
  const remembered = reference?.startsWith(declared) ? reference.slice(declared.length) : undefined;
  return awsTypes.find((t) => t === remembered) ?? awsTypeOf[type];
}

/** The definitions of a group in the client's words. */
export function awsDefinitions(group: FeatureGroup): readonly AwsDefinition[] {
  return group.definitions.map((d) => ({ FeatureName: d.name, FeatureType: awsType(d) }));
}
