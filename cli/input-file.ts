import { readFile } from 'node:fs/promises';

/** Reads a file of bytes that the command line names. @throws a system error that always carries `path` */
export async function readBytesFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { path: file }) : error;
  }
}

/** Reads a text file that the command line names. @throws a system error that always carries `path`, which Node's own lacks for a folder */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { path: file }) : error;
  }
}
