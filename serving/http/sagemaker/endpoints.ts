import { ServingError, servingErrors } from '../../errors.js';
import { isModelName } from '../../models/model-name.js';

/** A share of an endpoint's requests and the model that answers them. */
export interface ProductionVariant {
  readonly name: string;
  readonly model: string;
  /** The current one when absent. */
  readonly version?: string;
  /** Share among the weights of the endpoint's variants; 0 = only when asked for by name. */
  readonly weight: number;
}

/** A model that gets copies of requests and whose answers are only compared. `weight` relative to the sum of the production weights is the share that is copied, at most all. */
export type ShadowVariant = ProductionVariant;

/** What a client calls by one name. */
export interface Endpoint {
  readonly name: string;
  readonly variants: readonly ProductionVariant[];
  readonly shadows: readonly ShadowVariant[];
}

/** Pattern of the platform for names of endpoints and variants. */
const nameShape = /^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$/;
const endpointKeys = ['EndpointName', 'ProductionVariants', 'ShadowProductionVariants'] as const;
const variantKeys = ['VariantName', 'ModelName', 'ModelVersion', 'InitialVariantWeight'] as const;

/** Is it a name of an endpoint or a variant? */
export function isEndpointName(name: string): boolean {
  return name.length <= 63 && nameShape.test(name);
}

/**
 * Reads endpoints from YAML or JSON: a list of `{EndpointName, ProductionVariants: [{VariantName, ModelName, InitialVariantWeight, ModelVersion?}],
 * ShadowProductionVariants?}`, the names of the platform's own configuration.
 * @param file its name, for messages
 * @throws ServingError SERVING_BAD_ENDPOINTS naming the place in the file
 */
export async function parseEndpoints(text: string, file: string): Promise<readonly Endpoint[]> {
  const bad: Bad = (where, what) =>
    new ServingError('SERVING_BAD_ENDPOINTS', servingErrors.SERVING_BAD_ENDPOINTS(file, where, what));
  // Loaded when there is something to parse: most servers have no such file.
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch {
    throw bad('it', 'is no YAML');
  }
  const endpoints = listOf(document, 'it', bad).map((entry, i) => readEndpoint(entry, `entry ${i + 1}`, bad));
  assertDistinct(endpoints, 'it', bad);
  return endpoints;
}

type Bad = (where: string, what: string) => ServingError;

function readEndpoint(entry: unknown, where: string, bad: Bad): Endpoint {
  const fields = fieldsOf(entry, endpointKeys, where, bad);
  const name = fields.EndpointName;
  if (typeof name !== 'string' || !isEndpointName(name)) throw bad(`${where}, EndpointName`, 'is no name');
  const read = (key: 'ProductionVariants' | 'ShadowProductionVariants') => {
    const list = listOf(fields[key], `endpoint ${name}, ${key}`, bad);
    return list.map((variant, i) => readVariant(variant, `endpoint ${name}, ${key} ${i + 1}`, bad));
  };
  const variants = read('ProductionVariants');
  const shadows = fields.ShadowProductionVariants === undefined ? [] : read('ShadowProductionVariants');
  assertDistinct([...variants, ...shadows], `endpoint ${name}`, bad);
  if (!variants.some(({ weight }) => weight > 0)) {
    throw bad(`endpoint ${name}`, 'has no variant with a weight above 0');
  }
  return { name, variants, shadows };
}

function readVariant(entry: unknown, where: string, bad: Bad): ProductionVariant {
  const fields = fieldsOf(entry, variantKeys, where, bad);
  const { VariantName: name, ModelName: model, ModelVersion: version, InitialVariantWeight: weight = 1 } = fields;
  if (typeof name !== 'string' || !isEndpointName(name)) throw bad(`${where}, VariantName`, 'is no name');
  if (typeof model !== 'string' || !isModelName(model)) throw bad(`${where}, ModelName`, 'is no name of a model');
  if (version !== undefined && typeof version !== 'string') throw bad(`${where}, ModelVersion`, 'is no text');
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1e6)) {
    throw bad(`${where}, InitialVariantWeight`, 'is no number from 0 to 1000000');
  }
  return { name, model, weight, ...(version === undefined ? {} : { version }) };
}

function fieldsOf<Key extends string>(
  value: unknown,
  keys: readonly Key[],
  where: string,
  bad: Bad,
): Readonly<Partial<Record<Key, unknown>>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw bad(where, 'is no object');
  const unknown = Object.keys(value).find((key) => !keys.includes(key as Key));
  if (unknown !== undefined) throw bad(where, `holds something else than ${keys.join(', ')}`);
  return value as Readonly<Partial<Record<Key, unknown>>>;
}

function listOf(value: unknown, where: string, bad: Bad): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw bad(where, 'is no list with something in it');
  return value;
}

function assertDistinct(named: readonly { readonly name: string }[], where: string, bad: Bad): void {
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw bad(where, `names ${name} twice`);
    names.add(name);
  }
}
