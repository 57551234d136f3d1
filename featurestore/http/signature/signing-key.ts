import { createHmac } from 'node:crypto';

/** Where and when a signature holds: `20260131/eu-west-1/sagemaker/aws4_request`. */
export interface CredentialScope {
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The scope as it stands in the string to sign. */
export function scopeText({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

/** The key that signs, derived from the secret for one day, region and service (HMAC-SHA256, four times); 32 bytes. */
export function signingKey(secretAccessKey: string, { date, region, service }: CredentialScope): Buffer {
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of [date, region, service, 'aws4_request']) key = hmac(key, part);
  return key as Buffer;
}

/** Hex signature of a canonical request's hash. */
export function signatureOf(key: Buffer, amzDate: string, scope: CredentialScope, canonicalHash: string): string {
  return hmac(key, `AWS4-HMAC-SHA256\n${amzDate}\n${scopeText(scope)}\n${canonicalHash}`).toString('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
