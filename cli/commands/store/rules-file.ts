import { parseDocument } from 'yaml';
import type { FeatureType, ValidationRule } from '../../../featurestore/index.js';
import { CliError, cliErrors } from '../../errors.js';
import { readTextFile } from '../../input-file.js';

/** A rule of the store, and the type that the feature is to have. */
export type FileRule = ValidationRule & { readonly type?: FeatureType };

const types: readonly string[] = ['double', 'integer', 'string', 'timestamp'];

/**
 * Reads rules from a YAML or JSON file: a list of `{feature, type, min, max, allowed, required, maxMissingRate}`. Bounds of timestamps may be
 * ISO 8601 texts. The store checks the rest.
 * @throws CliError CLI_BAD_RULES naming the file
 */
export async function readRules(file: string): Promise<readonly FileRule[]> {
  const bad = (what: string) => new CliError('CLI_BAD_RULES', cliErrors.CLI_BAD_RULES(file, what));
  const document = parseDocument(await readTextFile(file), { prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake !== undefined) throw bad(mistake.message.replace(/\s+/g, ' '));
  const content: unknown = document.toJS();
  if (!Array.isArray(content)) throw bad('it holds no list of rules');
  return content.map((rule: unknown, index) => {
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) throw bad(`rule ${index + 1} is no mapping`);
    const { feature, type, min, max, ...rest } = rule as Record<string, unknown>;
    if (typeof feature !== 'string') throw bad(`rule ${index + 1} has no feature`);
    if (type !== undefined && !types.includes(String(type))) {
      throw bad(`the type of "${feature}" is ${JSON.stringify(type)}, expected ${types.join(', ')}`);
    }
    if ('allowed' in rest && !Array.isArray(rest.allowed)) throw bad(`"allowed" of "${feature}" is no list`);
    const bound = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : value);
    const bounds = { ...(min !== undefined && { min: bound(min) }), ...(max !== undefined && { max: bound(max) }) };
    return { feature, ...(type !== undefined && { type }), ...bounds, ...rest } as FileRule;
  });
}
