/**
 * Resampling to 1 mm, five Laplacians of Gaussian and the wavelet decomposition on patient LUNG1-001, region GTV-1: every
 * default feature of the fourteen images, here and by PyRadiomics 3.0.1 with the same parameter file, one core each.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { measure, openImage, openMask, parseSettings, writeNifti } from '../pipelines/imaging/index.js';
import { onOneCore, type PeerTimes, peerPython, peerScript } from './peers/peer-python.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = process.env.THORACLE_SHARED_DATA ?? path.join(root, '..', 'shared', 'data');
const patient = path.join(shared, 'nsclc-radiomics-lung1-001');

const parameters = `imageType:
  Original: {}
  LoG: {sigma: [1.0, 2.0, 3.0, 4.0, 5.0]}
  Wavelet: {}
setting:
  binWidth: 25
  resampledPixelSpacing: [1, 1, 1]
  interpolator: sitkBSpline
`;

interface OwnTimes {
  /** s of the call alone, on the clock and of the processor. */
  readonly features: number;
  readonly cpu: number;
  readonly count: number;
  readonly values: readonly (readonly [string, number])[];
}

/** The call alone, in this process, which has measured nothing before. */
async function measureOnce(image: string, label: string, settingsFile: string): Promise<OwnTimes> {
  const { volume } = await openImage(image);
  const { mask } = await openMask(label, { volume });
  const settings = parseSettings(readFileSync(settingsFile, 'utf8'), path.basename(settingsFile));
  const [start, used] = [performance.now(), process.cpuUsage()];
  const { features } = measure(volume, mask, settings);
  const { user, system } = process.cpuUsage(used);
  return {
    features: (performance.now() - start) / 1000,
    cpu: (user + system) / 1e6,
    count: features.size,
    values: [...features],
  };
}

/** Largest relative difference, and the feature that has it. */
function worst(ours: OwnTimes, theirs: PeerTimes): readonly [name: string, difference: number] {
  const own = new Map(ours.values);
  const difference = ([name, value]: readonly [string, number]) =>
    Math.abs((own.get(name) ?? Number.NaN) - value) / Math.max(Math.abs(value), 1e-9);
  return (theirs.values ?? []).reduce<readonly [string, number]>(
    (most, entry) => (difference(entry) > most[1] ? [entry[0], difference(entry)] : most),
    ['none', 0],
  );
}

async function compare(folder: string): Promise<void> {
  const [image, label, settings] = ['ct.nii', 'mask.nii', 'filters.yaml'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const { volume } = await openImage(path.join(patient, 'image'));
  const { mask } = await openMask(path.join(patient, 'mask_rtstruct'), { volume, roi: 'GTV-1' });
  writeFileSync(image, gunzipSync(writeNifti(volume)));
  writeFileSync(label, gunzipSync(writeNifti(mask)));
  writeFileSync(settings, parameters);
  const own = onOneCore(process.execPath, [fileURLToPath(import.meta.url), '--measure', image, label, settings]);
  if (own.status !== 0) throw new Error(own.stderr);
  const ours = JSON.parse(own.stdout) as OwnTimes;
  console.log(`${ours.count} features: ${ours.features.toFixed(2)} s, of the processor ${ours.cpu.toFixed(2)} s`);
  const peer = peerPython(root);
  if ('reason' in peer) {
    console.log(`PyRadiomics left out: ${peer.reason}`);
    return;
  }
  const theirs = peerScript(peer.python, path.join(root, 'bench', 'peers', 'pyradiomics-speed.py'), [
    image,
    label,
    settings,
  ]);
  console.log(
    `PyRadiomics ${theirs.version}, ${theirs.count} features: ${theirs.features.toFixed(2)} s, of the processor ${theirs.cpu.toFixed(2)} s`,
  );
  const ratio = (a: number, b: number) => (a / b).toFixed(1);
  console.log(
    `${ratio(theirs.features, ours.features)} x on the clock, ${ratio(theirs.cpu, ours.cpu)} x by processor time`,
  );
  const [name, difference] = worst(ours, theirs);
  console.log(`largest relative difference ${difference.toExponential(1)} (${name})`);
}

if (process.argv.includes('--measure')) {
  const [image, label, settings] = process.argv.slice(-3) as [string, string, string];
  console.log(JSON.stringify(await measureOnce(image, label, settings)));
} else if (existsSync(patient)) {
  const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-bench-'));
  try {
    await compare(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  console.log(`left out: ${patient} is not there (THORACLE_SHARED_DATA names the folder)`);
}
