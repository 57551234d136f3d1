import { readFileSync } from 'node:fs';
import { StoreError, storeError } from '../../errors.js';
import { sqlState } from './failure.js';

/** What a TLS connection trusts and shows; PEM texts. */
export interface PostgresTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Default true. */
  readonly rejectUnauthorized?: boolean;
}

/** An address without what it said of TLS, and what that was. */
export interface Connection {
  readonly connectionString: string;
  readonly ssl: PostgresTls | false;
}

const modes = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full'];
const files = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const;

/**
 * Takes `sslmode`, `sslrootcert`, `sslcert` and `sslkey` out of an address. Every mode but `disable` and `no-verify` means `verify-full`: the
 * certificate must come from a trusted authority and name the host.
 * @param tls goes before what the address says
 * @throws StoreError STORE_BAD_OPTIONS for an address or a mode that is none, STORE_TLS naming a file that cannot be read
 */
export function connectionOf(url: string, tls: PostgresTls | undefined): Connection {
  if (!URL.canParse(url)) throw storeError('STORE_BAD_OPTIONS', 'the address of the database cannot be read');
  const place = withoutPassword(url);
  const parameters = new URL(url).searchParams;
  const mode = parameters.get('sslmode');
  if (mode !== null && !modes.includes(mode)) {
    throw storeError('STORE_BAD_OPTIONS', `sslmode is ${JSON.stringify(mode)}, expected ${modes.join(', ')}`);
  }
  const texts = Object.entries(files).flatMap(([name, field]) => {
    const file = parameters.get(name);
    return file === null ? [] : [[field, readPem(file, name, place)] as const];
  });
  const isAsked = mode !== null || texts.length > 0 || tls !== undefined;
  const ssl = { rejectUnauthorized: mode !== 'no-verify', ...Object.fromEntries(texts), ...tls };
  return { connectionString: withoutParameters(url), ssl: isAsked && mode !== 'disable' ? ssl : false };
}

function withoutParameters(url: string): string {
  const [before = '', query] = url.split('?', 2);
  const kept = (query ?? '').split('&').filter((part) => part !== '' && !/^ssl(mode|rootcert|cert|key)=/.test(part));
  return kept.length === 0 ? before : `${before}?${kept.join('&')}`;
}

function readPem(file: string, name: string, place: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const what = sqlState(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw storeError('STORE_TLS', place, `the file of ${name}, "${file}", ${what}`);
  }
}

/** A refusal while connecting, of the certificate, the login or the database, as the store's error; undefined for any other. */
export function connectionRefusal(error: unknown, url: string): StoreError | undefined {
  const code = sqlState(error) ?? '';
  const message = String((error as Error | undefined)?.message ?? error)
    .replace(/\s+/g, ' ')
    .trim();
  const place = withoutPassword(url);
  const build = (name: 'STORE_TLS' | 'STORE_LOGIN', what: string) =>
    new StoreError(name, storeError(name, place, what).message, { cause: error });
  if (/SELF_SIGNED|UNABLE_TO_|CERT_|DEPTH_ZERO/.test(code) && code !== 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const what = `the server's certificate cannot be verified (${message}); name its authority with sslrootcert=FILE`;
    return build('STORE_TLS', what);
  }
  if (/^ERR_(TLS|SSL|OSSL)/.test(code) || /does not support SSL/.test(message)) return build('STORE_TLS', message);
  if (/^28|^3D000/.test(code)) return build('STORE_LOGIN', message);
  return undefined;
}

/** An address for messages. */
export function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:/?#]*):[^/?#]*@/, '$1@').replace(/([?&]password=)[^&]*/, '$1…');
}
