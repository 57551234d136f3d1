import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A file or loader name that may be libxgboost, and where the idea came from. */
export interface LibraryCandidate {
  readonly path: string;
  readonly source: 'THORACLE_XGBOOST' | 'vendor' | 'system' | 'python';
}

/** What the search depends on, so that a test can ask for any machine. */
export interface SearchPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Folder of package.json; `vendor/` is looked for in it. */
  readonly root: string;
}

/** Begins the name of a folder that setup is still filling. */
const unfinished = '.bringing-';

const fileName = /^(lib)?xgboost(\.\d+)*\.(so(\.\d+)*|dylib|dll)$/;

/** Names that the system's loader resolves by itself, then well-known folders it does not look in. */
const systemNames: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    'libxgboost.dylib',
    '/opt/homebrew/lib/libxgboost.dylib',
    '/usr/local/lib/libxgboost.dylib',
    '/opt/local/lib/libxgboost.dylib',
  ],
  win32: ['xgboost.dll'],
};
const unixNames = ['libxgboost.so', 'libxgboost.so.0', 'libxgboost.so.1', '/usr/local/lib/libxgboost.so'];

/** Prints the folders where Python keeps installed packages, one per line. */
const askPython = `import site, sys, sysconfig
places = [sysconfig.get_paths()[k] for k in ("platlib", "purelib")] + [site.getusersitepackages()] + sys.path
print("\\n".join(p for p in dict.fromkeys(places) if p))`;

/**
 * Where libxgboost may be, best first: THORACLE_XGBOOST alone when it is set, else vendor/, the system's loader,
 * and Python's installed packages. A generator, so that Python is asked only when nothing before it could be loaded.
 */
export function* libraryCandidates(places: SearchPlaces): Generator<LibraryCandidate> {
  const named = places.env.THORACLE_XGBOOST;
  if (named !== undefined && named !== '') {
    yield { path: named, source: 'THORACLE_XGBOOST' };
    return;
  }
  for (const path of librariesBelow(join(places.root, 'vendor'))) yield { path, source: 'vendor' };
  for (const path of systemNames[places.platform] ?? unixNames) yield { path, source: 'system' };
  for (const folder of pythonFolders()) {
    for (const path of librariesBelow(join(folder, 'xgboost', 'lib'))) yield { path, source: 'python' };
  }
}

/**
 * Libraries that must be loaded before a candidate of vendor/, because the loader does not search there:
 * those of Debian's libxgboost0, which `apt-get download` puts beside it.
 */
export function companionsOf(path: string): readonly string[] {
  const folder = path.slice(0, path.length - basename(path).length);
  return ['libgomp.so.1', 'libdmlc.so.0'].map((name) => join(folder, name)).filter((file) => existsSync(file));
}

/** Every libxgboost file below a folder, in code point order; none when the folder does not exist. */
function librariesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && fileName.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(unfinished))
    .sort();
}

function pythonFolders(): readonly string[] {
  for (const python of ['python3', 'python']) {
    try {
      const output = execFileSync(python, ['-c', askPython], {
        encoding: 'utf8',
        timeout: 20_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return output.split(/\r?\n/).filter((line) => line !== '');
    } catch {
      // No such Python, or one that cannot start: it has no package to offer, and the search's error says what was tried.
    }
  }
  return [];
}
