import { signatureError } from './errors.js';
import type { CredentialScope } from './signing-key.js';

/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** Lower-case, in the order given. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** @throws SignatureError MissingAuthenticationToken or IncompleteSignature, saying which part is wrong */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined || !header.startsWith(`${algorithm} `)) throw signatureError('MissingAuthenticationToken');
  const parts = new Map<string, string>();
  for (const part of header.slice(algorithm.length + 1).split(',')) {
    const equals = part.indexOf('=');
    parts.set(part.slice(0, Math.max(0, equals)).trim(), part.slice(equals + 1).trim());
  }
  const part = (name: string): string => {
    const value = parts.get(name);
    if (value === undefined || value === '') {
      throw signatureError('IncompleteSignature', `Authorization has no ${name}`);
    }
    return value;
  };
  const signature = part('Signature');
  if (!/^[0-9a-f]{64}$/.test(signature)) {
    throw signatureError('IncompleteSignature', 'Signature is not 64 hexadecimal digits in lower case');
  }
  const signedHeaders = part('SignedHeaders').split(';');
  if (signedHeaders.some((name) => name === '' || name !== name.toLowerCase())) {
    throw signatureError('IncompleteSignature', 'SignedHeaders is not a list of lower-case names');
  }
  return { ...parseCredential(part('Credential')), signedHeaders, signature };
}

/** An access key id may hold slashes, the scope may not. */
function parseCredential(credential: string): Pick<Authorization, 'accessKeyId' | 'scope'> {
  const parts = credential.split('/');
  const [date = '', region = '', service = '', end] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (end !== 'aws4_request' || accessKeyId === '' || region === '' || !/^\d{8}$/.test(date)) {
    throw signatureError(
      'IncompleteSignature',
      'Credential is not <access key id>/YYYYMMDD/<region>/<service>/aws4_request',
    );
  }
  return { accessKeyId, scope: { date, region, service } };
}
