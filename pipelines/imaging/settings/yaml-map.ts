import { parseDocument } from 'yaml';
import { imagingError } from '../errors.js';
import { hint } from './nearest-name.js';
import type { Reader } from './setting-values.js';
import { keepSigmaText } from './sigma-text.js';

/** A section of a parameter file: names with values. */
export type YamlMap = Readonly<Record<string, unknown>>;

/** @throws ImagingError SETTINGS_VALUE when the value is not names with values */
export function asMap(file: string, name: string, value: unknown): YamlMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as YamlMap;
  throw imagingError('SETTINGS_VALUE', file, name, JSON.stringify(value) ?? 'nothing', 'names with values');
}

/**
 * Every value of a section through its reader.
 * @param what names a key in a message: `the setting`
 * @throws ImagingError SETTINGS_UNKNOWN, SETTINGS_VALUE, SETTINGS_NOT_SUPPORTED
 */
export function readValues(
  file: string,
  what: string,
  section: YamlMap,
  readers: Readonly<Record<string, Reader<unknown>>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(section)) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) throw imagingError('SETTINGS_UNKNOWN', file, what, name, hint(name, Object.keys(readers)));
    values[name] = read(file, name, value);
  }
  return values;
}

/** The tree that a YAML or JSON text stands for. @throws ImagingError SETTINGS_UNREADABLE */
export function parseYaml(file: string, text: string): unknown {
  const document = parseDocument(text);
  const wrong = document.errors[0];
  if (wrong !== undefined) {
    throw imagingError('SETTINGS_UNREADABLE', file, wrong.message.split('\n')[0] ?? wrong.message);
  }
  keepSigmaText(document);
  return document.toJS();
}
