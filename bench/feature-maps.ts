/**
 * Feature maps: voxels per second of processor time by class, peak memory, and the ratio to PyRadiomics' voxel-based
 * extraction of the same region under the same settings, on one core each, in one run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { featureMaps } from '../pipelines/imaging/maps/feature-maps.js';
import { writeFeatureMaps } from '../pipelines/imaging/maps/write-maps.js';
import { writeNifti } from '../pipelines/imaging/nifti/write-nifti.js';
import { mapClasses } from '../pipelines/imaging/radiomics/families.js';
import { defaultSettings } from '../pipelines/imaging/settings/settings.js';
import type { Mask, Volume } from '../pipelines/imaging/volume/volume.js';

const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
/** Measured together as well: what most maps in the literature are made of. */
const groups: readonly (readonly string[])[] = [
  ...mapClasses.map((name) => [name]),
  ['firstorder', 'glcm'],
  mapClasses,
];

/** A ball in noise on a slope: about 30 grey levels in the region, about 15 in a kernel. Seeded by arithmetic alone. */
function ball(radius: number): readonly [Volume, Mask] {
  const n = 2 * radius + 5;
  const middle = (n - 1) / 2;
  const voxels = new Int16Array(n ** 3);
  const inside = new Uint8Array(n ** 3);
  let state = 1;
  for (let i = 0; i < voxels.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    voxels[i] = ((state >>> 16) % 400) - 200 + 10 * x;
    inside[i] = (x - middle) ** 2 + (y - middle) ** 2 + (z - middle) ** 2 <= radius ** 2 ? 1 : 0;
  }
  const grid = { size: [n, n, n], indexToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as const;
  return [
    { voxels, ...grid },
    { voxels: inside, ...grid, label: 'ball' },
  ];
}

interface Figures {
  readonly voxels: number;
  /** Processor seconds. */
  readonly seconds: number;
  readonly peakMiB: number;
}

/** One measurement in a process of its own: `--maps RADIUS CLASS…`. */
function mapBall(radius: number, classes: readonly string[]): Figures {
  const [volume, mask] = ball(radius);
  const start = process.cpuUsage();
  const maps = featureMaps(volume, mask, defaultSettings, classes);
  for (const _ of maps.slices());
  const { user, system } = process.cpuUsage(start);
  return { voxels: maps.voxelCount, seconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

/** The same with the files written: `--write RADIUS CLASS…`. */
async function writeBall(radius: number, classes: readonly string[]): Promise<Figures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-maps-'));
  try {
    const [volume, mask] = ball(radius);
    const start = process.cpuUsage();
    const maps = featureMaps(volume, mask, defaultSettings, classes);
    await writeFeatureMaps(folder, maps);
    const { user, system } = process.cpuUsage(start);
    return { voxels: maps.voxelCount, seconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The last line of what a program prints, as JSON. */
function answerOf<T>(command: string, args: readonly string[]): T {
  const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...threads },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as T;
}

const own = (mode: string, radius: number, classes: readonly string[]) =>
  answerOf<Figures>(process.execPath, [fileURLToPath(import.meta.url), mode, String(radius), ...classes]);

/** A Python with PyRadiomics: named by the environment, or the one that the benchmark `radiomics` has installed. */
function peerPython(): string | undefined {
  const installed = path.join(root, 'node_modules', '.cache', 'pyradiomics', 'bin', 'python');
  const python = process.env.THORACLE_PEERS_PYTHON ?? (existsSync(installed) ? installed : undefined);
  const works = python !== undefined && spawnSync(python, ['-c', 'import radiomics, SimpleITK']).status === 0;
  return works ? python : undefined;
}

function printPeer(radius: number): void {
  const python = peerPython();
  if (python === undefined) {
    console.log(
      '\nPyRadiomics left out: set THORACLE_PEERS_PYTHON to a Python that has it (or run the benchmark radiomics)',
    );
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-maps-'));
  try {
    const [volume, mask] = ball(radius);
    const files = [path.join(folder, 'image.nii.gz'), path.join(folder, 'mask.nii.gz')] as const;
    writeFileSync(files[0], writeNifti(volume));
    writeFileSync(files[1], writeNifti(mask));
    const script = path.join(root, 'bench', 'peers', 'pyradiomics-maps-speed.py');
    console.log(
      '\nPyRadiomics voxel-based extraction and this, processor seconds, one core each (its batches: all voxels at once):',
    );
    for (const classes of groups) {
      const theirs = answerOf<Figures & { readonly version: string }>(python, [script, ...files, ...classes]);
      const ours = own('--maps', radius, classes);
      const ratio = (theirs.seconds / ours.seconds).toFixed(1);
      console.log(
        `  ${classes.join('+').padEnd(44)} ${ours.voxels} voxels  ${theirs.version} ${theirs.seconds.toFixed(2)} s, ${theirs.peakMiB.toFixed(0)} MiB   this ${ours.seconds.toFixed(2)} s, ${ours.peakMiB.toFixed(0)} MiB   ${ratio} x`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [mode, radius, ...classes] = process.argv.slice(2);
if (mode === '--maps') {
  console.log(JSON.stringify(mapBall(Number(radius), classes)));
} else if (mode === '--write') {
  console.log(JSON.stringify(await writeBall(Number(radius), classes)));
} else {
  console.log('Maps of a ball in noise, kernel radius 1, default settings; each in a process of its own:');
  for (const group of groups) {
    const { voxels, seconds, peakMiB } = own('--maps', 16, group);
    const rate = Math.round(voxels / seconds);
    console.log(`  ${group.join('+').padEnd(44)} ${voxels} voxels  ${rate} voxels/s  peak ${peakMiB.toFixed(0)} MiB`);
  }
  console.log('\nPeak memory with the files written (firstorder+glcm, 42 maps):');
  for (const size of [8, 16, 24]) {
    const { voxels, peakMiB } = own('--write', size, ['firstorder', 'glcm']);
    console.log(`  ${String(voxels).padStart(6)} voxels  peak ${peakMiB.toFixed(0)} MiB`);
  }
  printPeer(8);
}
