import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileOfMember } from '../processes/index.js';
import { type AuditReport, verifyAuditLog } from './verify-audit-log.js';

/** What one of several logs holds. */
export interface FileReport extends AuditReport {
  /** Its name, without the folder. */
  readonly file: string;
}

/**
 * Checks a log together with those that several processes of a server wrote beside it, each a chain of its own (`audit.1.jsonl` for `audit.jsonl`).
 * @param contains a hash that must be in one of the chains
 * @throws ServingError SERVING_AUDIT_BROKEN with file and line, SERVING_AUDIT_FILE
 */
export async function verifyAuditLogs(
  file: string,
  contains?: string,
): Promise<readonly [FileReport, ...(readonly FileReport[])]> {
  const [first, ...others] = await logsOf(file);
  if (others.length === 0) return [{ file: basename(first), ...(await verifyAuditLog(first, contains)) }];
  const reports: [FileReport, ...FileReport[]] = [{ file: basename(first), ...(await verifyAuditLog(first)) }];
  for (const other of others) reports.push({ file: basename(other), ...(await verifyAuditLog(other)) });
  if (contains !== undefined) {
    // The refusal of the last is as good as any.
    await Promise.any([first, ...others].map((one) => verifyAuditLog(one, contains))).catch(() =>
      verifyAuditLog(others.at(-1) ?? first, contains),
    );
  }
  return reports;
}

/** The log itself where it is there, and those of processes by their numbers; the name that was given when there is none. */
async function logsOf(file: string): Promise<readonly [string, ...(readonly string[])]> {
  const names = await readdir(dirname(file)).catch((): string[] => []);
  const own = basename(file);
  const numbers = names.map((name) => Number(/\.(\d+)(\.[^.]*)?$/.exec(name)?.[1] ?? Number.NaN));
  const members = names
    .map((name, i) => ({ name, number: numbers[i] as number }))
    .filter(({ name, number }) => Number.isInteger(number) && name === fileOfMember(own, number))
    .sort((a, b) => a.number - b.number)
    .map(({ name }) => join(dirname(file), name));
  const [first, ...others] = [...(names.includes(own) ? [file] : []), ...members];
  return first === undefined ? [file] : [first, ...others];
}
