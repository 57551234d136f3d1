import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** An entry of an archive that was made to harm. */
interface Entry {
  readonly header: Partial<Header> & { readonly name: string };
  readonly content?: Buffer | string;
}

const file = (name: string, content: Buffer | string = 'x'): Entry => ({ header: { name }, content });
const sound = [file('manifest.json', '{}'), file('model.json', '{}')];

/** What lies in the archives of the models' folder, by name. */
const archives: Readonly<Record<string, readonly Entry[]>> = {
  'leads-out': [...sound, file('../../outside.txt')],
  'absolute-path': [...sound, file('/etc/outside.txt')],
  'windows-path': [...sound, file('..\\..\\outside.txt')],
  'symbolic-link': [{ header: { name: 'manifest.json', type: 'symlink', linkname: '/etc/passwd' } }],
  'hard-link': [{ header: { name: 'manifest.json', type: 'link', linkname: '/etc/passwd' } }],
  device: [{ header: { name: 'manifest.json', type: 'character-device', devmajor: 1, devminor: 5 } }],
  'pipe-file': [{ header: { name: 'manifest.json', type: 'fifo' } }],
  twice: [...sound, ...sound],
  'many-files': Array.from({ length: 1500 }, (_, i) => file(`file-${i}`)),
  'no-manifest': [file('readme.txt')],
  'bad-manifest': [
    file('manifest.json', '{"formatVersion": 2, "members": [{"model": {"file": "../../../etc/passwd"}}]}'),
  ],
  'deep-manifest': [file('manifest.json', '['.repeat(100_000)), file('model.json', '{}')],
  'no-json': [file('manifest.json', 'PK\u0003\u0004'), file('model.json', '{}')],
};

/** Names under which the folder's archives can be asked for; one of them unpacks to 600 MB of zeros. */
export const archiveNames: readonly string[] = [
  ...Object.keys(archives),
  'bomb',
  'cut-off',
  'no-gzip',
  'no-tar',
  'empty',
];

/** Writes the archives into a folder of models. */
export async function writeArchives(folder: string): Promise<void> {
  for (const [name, entries] of Object.entries(archives)) {
    await writeFile(join(folder, `${name}.tar.gz`), gzipSync(await packed(entries)));
  }
  await writeFile(join(folder, 'bomb.tar.gz'), await bomb());
  const whole = gzipSync(await packed(sound));
  await writeFile(join(folder, 'cut-off.tar.gz'), whole.subarray(0, whole.length - 20));
  await writeFile(join(folder, 'no-gzip.tar.gz'), 'this is no archive at all, only text that goes on for a while');
  await writeFile(join(folder, 'no-tar.tar.gz'), gzipSync('x'.repeat(5000)));
  await writeFile(join(folder, 'empty.tar.gz'), '');
}

async function packed(entries: readonly Entry[]): Promise<Buffer> {
  const writer = pack();
  for (const { header, content } of entries) writer.entry(header, content === undefined ? '' : Buffer.from(content));
  writer.finalize();
  const parts: Buffer[] = [];
  for await (const part of writer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** A manifest of 600 MB of zeros, in 600 kB. */
async function bomb(): Promise<Buffer> {
  const size = 600 * 1024 * 1024;
  const head = sized((await packed([file('manifest.json', '')])).subarray(0, 512), size);
  const zip = createGzip({ level: 9 });
  const parts: Buffer[] = [];
  const done = (async () => {
    for await (const part of zip) parts.push(part as Buffer);
  })();
  zip.write(head);
  const zeros = Buffer.alloc(4 * 1024 * 1024);
  for (let written = 0; written < size; written += zeros.length) {
    if (!zip.write(zeros)) await new Promise((resolve) => zip.once('drain', resolve));
  }
  zip.end();
  await done;
  return Buffer.concat(parts);
}

/** A header of a tar archive (POSIX ustar) with another size: octal at 124, the sum of all bytes at 148. */
function sized(header: Buffer, size: number): Buffer {
  const changed = Buffer.from(header);
  changed.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  changed.fill(' ', 148, 156);
  const sum = changed.reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
}
