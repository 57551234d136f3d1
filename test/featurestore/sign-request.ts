import { hash } from 'node:crypto';
import { canonicalRequest } from '../../featurestore/http/signature/canonical-request.js';
import type { AccessKey } from '../../featurestore/http/signature/index.js';
import { scopeText, signatureOf, signingKey } from '../../featurestore/http/signature/signing-key.js';

/** Sends a signed request. The signing functions are held against the published test suite elsewhere. */
export async function signedFetch(
  key: AccessKey,
  address: string,
  init: { readonly method?: string; readonly body?: string; readonly type?: string } = {},
): Promise<Response> {
  const { method = 'GET', body = '', type = 'application/json' } = init;
  const url = new URL(address);
  const amzDate = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const scope = { date: amzDate.slice(0, 8), region: 'local', service: 'sagemaker' };
  const headers = { host: url.host, 'x-amz-date': amzDate };
  const signed = ['host', 'x-amz-date'];
  const request = { method, url: url.pathname + url.search, headers, body: Buffer.from(body) };
  const canonical = hash('sha256', canonicalRequest(request, signed, hash('sha256', body)));
  const signature = signatureOf(signingKey(key.secretAccessKey, scope), amzDate, scope, canonical);
  const credential = `Credential=${key.accessKeyId}/${scopeText(scope)}`;
  return fetch(url, {
    method,
    ...(body === '' ? {} : { body }),
    headers: {
      'x-amz-date': amzDate,
      ...(body === '' ? {} : { 'content-type': type }),
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed.join(';')}, Signature=${signature}`,
    },
  });
}
