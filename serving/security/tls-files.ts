import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createSecureContext } from 'node:tls';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';

/** A certificate (with its chain) and its private key, PEM. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads a certificate and its key. @throws ServingError SERVING_BAD_TLS when one cannot be read or they do not belong together */
export async function readTlsFiles(certFile: string, keyFile: string): Promise<TlsMaterial> {
  const read = async (file: string) => {
    try {
      return await readFile(file);
    } catch (error) {
      throw badTls(`"${basename(file)}": ${systemReason(error)}`);
    }
  };
  const material = { cert: await read(certFile), key: await read(keyFile) };
  try {
    createSecureContext(material);
  } catch {
    throw badTls(
      `"${basename(certFile)}" and "${basename(keyFile)}" are not a certificate and its private key, both PEM without a passphrase`,
    );
  }
  return material;
}

function badTls(what: string): ServingError {
  return new ServingError('SERVING_BAD_TLS', servingErrors.SERVING_BAD_TLS(what));
}
