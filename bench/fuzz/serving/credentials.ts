import { createHash } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { canonicalRequest } from '../../../featurestore/http/signature/canonical-request.js';
import { scopeText, signatureOf, signingKey } from '../../../featurestore/http/signature/signing-key.js';
import type { HeaderLines } from './wire.js';

/** Keys of the server under test, the same in every run so that recorded requests can be sent again. They protect nothing. */
export const apiKeys = {
  admin: { id: 'f0f0f0f0f0f0', scopes: ['admin'], secret: `thk_f0f0f0f0f0f0_${'A'.repeat(43)}` },
  predict: { id: 'e1e1e1e1e1e1', scopes: ['predict', 'read'], secret: `thk_e1e1e1e1e1e1_${'B'.repeat(43)}` },
} as const;

export const accessKey = { accessKeyId: 'FUZZKEYID', secretAccessKey: 'fuzz-secret-access-key-of-nobody' } as const;

const jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'SKzi57HXCef9l8ge6nTENbOrmBrm7BJ8gTlsPPqYKyQ',
  y: 'zBRQ0jrzUSCvEjwnUuxhdtg7E3XajQ8a2TZxRROnXSA',
  d: 'VZVGSRVTZZDaMlUTU_Ngq1JWhxlx2pNxOKP5kntsu1Y',
} as const;

/** The public half, as the server gets it. */
export const publicKeySet = { keys: [{ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, kid: 'fuzz', alg: 'ES256' }] };

/** A token that the server accepts, for predictions. */
export async function soundToken(): Promise<string> {
  return new SignJWT({ scope: 'predict' })
    .setProtectedHeader({ alg: 'ES256', kid: 'fuzz' })
    .setSubject('fuzz')
    .setExpirationTime('30d')
    .sign(await importJWK(jwk, 'ES256'));
}

/** The headers of a request of the cloud's runtime client, signed now. */
export function signedHeaders(path: string, body: Buffer): HeaderLines {
  const amzDate = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const scope = { date: amzDate.slice(0, 8), region: 'local', service: 'sagemaker' };
  const headers = { host: 'fuzz', 'x-amz-date': amzDate };
  const names = Object.keys(headers);
  const hash = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
  const canonical = hash(canonicalRequest({ method: 'POST', url: path, headers, body }, names, hash(body)));
  const signature = signatureOf(signingKey(accessKey.secretAccessKey, scope), amzDate, scope, canonical);
  const credential = `Credential=${accessKey.accessKeyId}/${scopeText(scope)}`;
  return [
    ['x-amz-date', amzDate],
    ['authorization', `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`],
  ];
}
