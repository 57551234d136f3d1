import { readFile } from 'node:fs/promises';
import { CohortError, cohortErrors } from '../errors.js';

/** Where credentials come from: never the command line, which others on the machine can read. */
export const credentialVariables = {
  user: 'THORACLE_DICOMWEB_USER',
  password: 'THORACLE_DICOMWEB_PASSWORD',
  token: 'THORACLE_DICOMWEB_TOKEN',
} as const;

const basic = (pair: string) => `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;

/**
 * The Authorization header for a server, from a file (one line, `user:password` or `Bearer TOKEN`) or the environment.
 * @returns undefined when neither gives any
 * @throws CohortError COHORT_BAD_CREDENTIALS; its message holds no credential
 */
export async function readCredentials(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const refuse = (where: string, what: string): never => {
    throw new CohortError('COHORT_BAD_CREDENTIALS', cohortErrors.COHORT_BAD_CREDENTIALS(where, what));
  };
  if (file !== undefined) {
    const line = (await readFile(file, 'utf8')).trim();
    if (/^Bearer [\x21-\x7e]+$/.test(line)) return line;
    if (/^[^:\r\n]+:[^\r\n]*$/.test(line)) return basic(line);
    return refuse(file, 'expected one line, "user:password" or "Bearer TOKEN"');
  }
  const { user, password, token } = credentialVariables;
  const given = (name: string) => environment[name] || undefined;
  if (given(token) !== undefined) {
    if (given(user) !== undefined) refuse('the environment', `${token} and ${user} are both set; expected one of them`);
    return `Bearer ${given(token)}`;
  }
  if (given(user) === undefined) return undefined;
  if (environment[password] === undefined) refuse('the environment', `${user} is set, ${password} is not`);
  return basic(`${given(user)}:${environment[password]}`);
}
