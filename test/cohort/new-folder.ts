import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A new folder below `parent` with the given files; names may hold folders. */
export async function newFolder(parent: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = await mkdtemp(join(parent, 'case-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}
