import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { storeError } from '../../errors.js';
import { fileDigest } from './file-digest.js';
import {
  type FileFacts,
  fieldTypes,
  type GroupFile,
  groupFileName,
  historyFormat,
  historyFormatVersion,
} from './layout.js';

/**
 * Reads the definition file of an exported group and holds every file that it lists against its digest.
 * @throws StoreError STORE_BAD_ARCHIVE naming the file
 */
export async function readGroupFile(folder: string): Promise<GroupFile> {
  const file = path.join(folder, groupFileName);
  const content = readJson(file);
  const bad = (what: string): Error => storeError('STORE_BAD_ARCHIVE', file, what);
  if (content.format !== historyFormat) throw bad(`it is not the definition file of an exported group`);
  if (content.formatVersion !== historyFormatVersion) {
    throw bad(`its format is ${JSON.stringify(content.formatVersion)}, this program reads ${historyFormatVersion}`);
  }
  checkShape(content, bad);
  const { files, quarantine, rows } = content as unknown as GroupFile;
  const listed = files.reduce((sum, { rows: count }) => sum + count, 0);
  if (listed !== rows) throw bad(`its files have ${listed} rows together, expected ${rows}`);
  for (const facts of quarantine === undefined ? files : [...files, quarantine]) await checkFile(folder, facts);
  return content as unknown as GroupFile;
}

/** @throws StoreError STORE_BAD_ARCHIVE */
export function readJson(file: string): Record<string, unknown> {
  if (!existsSync(file)) throw storeError('STORE_BAD_ARCHIVE', file, 'there is no such file');
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (content !== null && typeof content === 'object' && !Array.isArray(content))
      return content as Record<string, unknown>;
  } catch (error) {
    throw storeError('STORE_BAD_ARCHIVE', file, `it is not JSON (${error instanceof Error ? error.message : error})`);
  }
  throw storeError('STORE_BAD_ARCHIVE', file, 'it holds no JSON object');
}

function checkShape(content: Readonly<Record<string, unknown>>, bad: (what: string) => Error): void {
  const { group, columns, settings, versions, files, rows, settingsUpdatedAtMs } = content;
  if (typeof group !== 'string') throw bad('it has no "group"');
  for (const [key, value] of Object.entries({ rows, settingsUpdatedAtMs })) {
    if (!Number.isSafeInteger(value)) throw bad(`"${key}" is ${JSON.stringify(value)}, expected a whole number`);
  }
  for (const [key, value] of Object.entries({ versions, files }))
    if (!Array.isArray(value)) throw bad(`it has no "${key}"`);
  for (const [key, value] of Object.entries({ columns, settings })) {
    if (value === null || typeof value !== 'object') throw bad(`it has no "${key}"`);
  }
  for (const field of [...Object.keys(fieldTypes), 'eventDay']) {
    if (typeof (columns as Record<string, unknown>)[field] !== 'string')
      throw bad(`"columns" does not name "${field}"`);
  }
  checkVersions(versions as readonly unknown[], bad);
}

function checkVersions(versions: readonly unknown[], bad: (what: string) => Error): void {
  for (const [index, entry] of versions.entries()) {
    const { version, createdAtMs } = (entry ?? {}) as Record<string, unknown>;
    if (version === index + 1 && Number.isSafeInteger(createdAtMs)) continue;
    throw bad(`entry ${index + 1} of "versions" is not version ${index + 1} with its time`);
  }
  if (versions.length === 0) throw bad('"versions" is empty');
}

async function checkFile(folder: string, { path: name, sha256, rows }: FileFacts): Promise<void> {
  const file = path.join(folder, String(name));
  const inside = path.relative(folder, file);
  if (inside.startsWith('..') || path.isAbsolute(inside)) {
    throw storeError('STORE_BAD_ARCHIVE', file, `it lies outside of "${folder}"`);
  }
  if (!existsSync(file)) throw storeError('STORE_BAD_ARCHIVE', file, 'the file is missing');
  if (!Number.isSafeInteger(rows)) throw storeError('STORE_BAD_ARCHIVE', file, 'its number of rows is not listed');
  const found = await fileDigest(file);
  if (found !== sha256) {
    throw storeError('STORE_BAD_ARCHIVE', file, `the file was changed: its SHA-256 is ${found}, expected ${sha256}`);
  }
}
