import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What bench/peers/pyradiomics-speed.py prints. */
export interface PeerTimes {
  readonly version: string;
  /** s on the clock, and of the processor. */
  readonly features: number;
  readonly cpu: number;
  readonly count: number;
  readonly values: readonly (readonly [string, number])[];
}

/** Runs a program on the first core alone, where the system can say so. */
export function onOneCore(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS: '1' };
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const [program, ...rest] = pinned ? ['taskset', '-c', '0', command, ...args] : [command, ...args];
  return spawnSync(program as string, rest, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
}

/**
 * A Python with PyRadiomics, or why there is none: the one that THORACLE_PEERS_PYTHON names, else one of its own below
 * node_modules/.cache, into which pip installs it the first time. PyRadiomics 3.0.1 is built from source, against NumPy 1.
 */
export function peerPython(root: string): { readonly python: string } | { readonly reason: string } {
  const named = process.env.THORACLE_PEERS_PYTHON;
  if (named !== undefined) return { python: named };
  const folder = path.join(root, 'node_modules', '.cache', 'pyradiomics');
  const python = path.join(folder, 'bin', 'python');
  const works = () => spawnSync(python, ['-c', 'import radiomics, SimpleITK']).status === 0;
  if (existsSync(python) && works()) return { python };
  const pip = ['-m', 'pip', 'install', '--quiet'];
  const steps = [
    ['python3', ['-m', 'venv', folder]],
    [
      python,
      [...pip, 'numpy<2', 'SimpleITK', 'PyWavelets', 'pykwalify', 'six', 'setuptools', 'wheel', 'versioneer', 'cython'],
    ],
    [python, [...pip, '--no-build-isolation', 'pyradiomics==3.0.1']],
  ] as const;
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) return { reason: `${command} ${args.join(' ')}: ${stderr?.trim().split('\n').at(-1) ?? ''}` };
  }
  return works() ? { python } : { reason: 'PyRadiomics does not load in the Python that pip installed it for' };
}

/** Runs the script that times PyRadiomics. */
export function peerScript(python: string, script: string, args: readonly string[]): PeerTimes {
  const { status, stdout, stderr } = onOneCore(python, [script, ...args]);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as PeerTimes;
}
