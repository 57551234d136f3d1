/**
 * Brings libxgboost when the machine has none: the CPU wheel through pip, else Debian's libxgboost0 through apt,
 * else one message that names both. Node built-ins only: it runs before anything is installed or compiled.
 * The order of the search is that of training/xgboost/library-paths.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const pinned = '3.2.0';
/** Begins the name of a folder that is still being filled. */
const unfinished = '.bringing-';
const libraryName = /^(lib)?xgboost(\.\d+)*\.(so(\.\d+)*|dylib|dll)$/;

/** Names for the system's loader, then well-known folders it does not search. */
const systemNames = {
  darwin: [
    'libxgboost.dylib',
    '/opt/homebrew/lib/libxgboost.dylib',
    '/usr/local/lib/libxgboost.dylib',
    '/opt/local/lib/libxgboost.dylib',
  ],
  win32: ['xgboost.dll'],
};
/** The macOS wheel leaves the OpenMP runtime to the system. */
const openMpHint = process.platform === 'darwin' ? ' (it needs the OpenMP runtime: `brew install libomp`)' : '';
const unixNames = ['libxgboost.so', 'libxgboost.so.0', 'libxgboost.so.1', '/usr/local/lib/libxgboost.so'];

const askPython = `import site, sys, sysconfig
places = [sysconfig.get_paths()[k] for k in ("platlib", "purelib")] + [site.getusersitepackages()] + sys.path
print("\\n".join(p for p in dict.fromkeys(places) if p))`;

/**
 * Finds libxgboost, or brings it into `vendor/` (pip, or apt without root) or the system (apt as root).
 * @param {{ root: string, log: (message: string) => void }} options root: folder of package.json
 * @returns {Promise<{ path: string, version: string | null, how: string }>} version null: found, but koffi is not
 *   installed yet, so it could not be asked
 * @throws {Error} one message that names both ways to get it
 */
export async function ensureXgboost({ root, log }) {
  const found = find(root);
  if (found) return found;
  if (process.env.THORACLE_XGBOOST) {
    throw new Error(
      `THORACLE_XGBOOST is "${process.env.THORACLE_XGBOOST}", which is no libxgboost 1.7 to 3.x that loads`,
    );
  }
  const reasons = [];
  for (const bring of [bringByPip, bringByApt]) {
    const reason = bring(root, log);
    const brought = reason === null ? find(root) : null;
    if (brought) return brought;
    reasons.push(reason ?? `what it brought cannot be loaded${openMpHint}`);
  }
  throw new Error(
    'libxgboost is missing and could not be brought. Either make pip work (`pip install xgboost-cpu`) ' +
      'or install it with the system (`apt-get install libxgboost0`), or set THORACLE_XGBOOST to the path of a ' +
      `libxgboost 1.7 to 3.x. pip: ${reasons[0]}. apt: ${reasons[1]}.`,
  );
}

/** The first library that loads and is of a version we support; null when there is none. */
function find(root) {
  for (const [path, how] of candidates(root)) {
    const version = probe(root, path);
    if (version === false) continue;
    return { path, version, how: `${version ?? 'version unknown'}, ${how} (${path})` };
  }
  return null;
}

function* candidates(root) {
  const named = process.env.THORACLE_XGBOOST;
  if (named) {
    yield [named, 'named by THORACLE_XGBOOST'];
    return;
  }
  for (const path of librariesBelow(join(root, 'vendor'))) yield [path, 'in vendor/'];
  for (const path of systemNames[process.platform] ?? unixNames) yield [path, 'of the system'];
  for (const python of ['python3', 'python']) {
    const asked = spawnSync(python, ['-c', askPython], { encoding: 'utf8', timeout: 20_000 });
    if (asked.status !== 0) continue;
    for (const folder of asked.stdout.split(/\r?\n/).filter(Boolean)) {
      for (const path of librariesBelow(join(folder, 'xgboost', 'lib'))) yield [path, 'of a Python package'];
    }
    return;
  }
}

function librariesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && libraryName.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(unfinished))
    .sort();
}

/** Loads a library in a child process (a broken one must not take setup down) and prints its version. */
const probeScript = `
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
const [koffiUrl, path] = process.argv.slice(1);
const koffi = (await import(koffiUrl)).default;
const beside = ['libgomp.so.1', 'libdmlc.so.0'].map((name) => join(dirname(path), name));
const kept = path.includes('/') ? beside.filter(existsSync).map((file) => koffi.load(file, { global: true })) : [];
const out = koffi.out('int *');
const parts = [[0], [0], [0]];
koffi.load(path).func('XGBoostVersion', 'void', [out, out, out])(...parts);
console.log(parts.join('.'), kept.length);`;

/** @returns the version; null when koffi is not installed (a file is then taken as it is); false when it is no use */
function probe(root, path) {
  const koffi = findKoffi(root);
  if (koffi === null) return existsSync(path) ? null : false;
  const args = ['--input-type=module', '-e', probeScript, pathToFileURL(koffi).href, path];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  const version = /^\d+\.\d+\.\d+/.exec(child.stdout ?? '')?.[0];
  if (child.status !== 0 || !version) return false;
  const [major, minor] = version.split('.').map(Number);
  return major > 3 || major < 1 || (major === 1 && minor < 7) ? false : version;
}

/** In an installed package koffi lies further up, beside it: Node's own search finds it. */
function findKoffi(root) {
  try {
    return createRequire(join(root, 'package.json')).resolve('koffi');
  } catch {
    return null;
  }
}

/** @returns null when the wheel is in vendor/xgboost, else why not */
function bringByPip(root, log) {
  const packages =
    process.platform === 'darwin' ? ['xgboost'] : ['xgboost-cpu', ...(process.arch === 'arm64' ? ['xgboost'] : [])];
  const commands = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']];
  let reason = 'no pip was found';
  for (const [command, ...prefix] of commands) {
    if (spawnSync(command, [...prefix, '--version'], { timeout: 60_000 }).status !== 0) continue;
    for (const name of packages) {
      log(`installing ${name} ${pinned} into vendor/ with ${[command, ...prefix].join(' ')} …`);
      const failure = intoVendor(root, (target) => pipInstall([command, ...prefix], `${name}==${pinned}`, target));
      if (failure === null) return null;
      reason = failure;
    }
  }
  return reason;
}

/** Tried with pip's own idea of this machine, then with it told: old versions do not know the newer platform tags. */
function pipInstall([command, ...prefix], requirement, target) {
  const common = ['--no-deps', '--only-binary=:all:', '--python-version=3.12', '--target', target];
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries=1', '--timeout=20'];
  const cpu = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const told = process.platform === 'linux' ? [[], ['--platform', `manylinux_2_28_${cpu}`]] : [[]];
  let failure = null;
  for (const platform of told) {
    failure = run(command, [...prefix, 'install', ...quiet, ...common, ...platform, requirement], {
      env: { ...process.env, PIP_USER: '0' },
    });
    if (failure === null) return null;
  }
  return failure;
}

/** @returns null when the library is in the system (root) or in vendor/xgboost, else why not */
function bringByApt(root, log) {
  if (process.platform !== 'linux') return 'this is not Debian or Ubuntu';
  if (spawnSync('apt-get', ['--version']).status !== 0) return 'no apt-get was found';
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } };
  if (process.getuid?.() === 0) {
    const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'libxgboost0'], options);
    log('installing libxgboost0 with apt-get …');
    if (install() === null) return null;
    run('apt-get', ['update', '-q'], options);
    if (install() === null) return null;
  }
  log('unpacking libxgboost0 into vendor/ with apt-get download …');
  return intoVendor(root, (target) => unpackDebian(target, options));
}

function unpackDebian(target, options) {
  const needed = ['libxgboost0', 'libdmlc0', ...(hasLibgomp() ? [] : ['libgomp1'])];
  const failure = run('apt-get', ['download', '-q', ...needed], { ...options, cwd: target });
  if (failure !== null) return failure;
  for (const file of readdirSync(target).filter((name) => name.endsWith('.deb'))) {
    const unpacked = run('dpkg-deb', ['-x', file, '.'], { ...options, cwd: target });
    if (unpacked !== null) return unpacked;
    rmSync(join(target, file));
  }
  return null;
}

function hasLibgomp() {
  for (const ldconfig of ['ldconfig', '/sbin/ldconfig']) {
    const listed = spawnSync(ldconfig, ['-p'], { encoding: 'utf8' });
    if (listed.status === 0) return listed.stdout.includes('libgomp.so.1');
  }
  return false;
}

/** Fills a fresh folder and renames it to vendor/xgboost, so that a half-finished download is never found. */
function intoVendor(root, fill) {
  const vendor = join(root, 'vendor');
  mkdirSync(vendor, { recursive: true });
  const fresh = mkdtempSync(join(vendor, unfinished));
  try {
    const failure = fill(fresh);
    if (failure !== null) return failure;
    const place = join(vendor, 'xgboost');
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
    return null;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @returns null on success, else the last line the command wrote */
function run(command, args, options) {
  const child = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (child.status === 0) return null;
  const lines = `${child.stdout ?? ''}\n${child.stderr ?? ''}`.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).at(-1) ?? child.error?.message ?? `${command} failed`;
}
