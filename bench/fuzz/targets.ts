import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ImagingError, openImage, readSegmentation, readSeries, type Volume } from '../../pipelines/imaging/index.js';
import { type MutationName, mutate, seededNumbers } from './mutations.js';

/** The kinds of file that are damaged. */
export const fuzzKinds = ['CT', 'SEG', 'RTSTRUCT', 'NIfTI', 'NRRD'] as const;
export type FuzzKind = (typeof fuzzKinds)[number];

/** How one damaged file ended. */
export interface FuzzOutcome {
  readonly seedFile: string;
  readonly mutation: MutationName;
  /** `read`, or the code of the refusal. */
  readonly ended: string;
}

/** Files to damage, and where damaged ones are put. */
export interface FuzzInputs {
  readonly reference: string;
  readonly scratch: string;
  readonly volume: Volume;
  readonly seeds: Readonly<Record<FuzzKind, readonly string[]>>;
}

/** Everything a fuzz run needs. @param scratch an empty folder, of which no one else writes */
export async function fuzzInputs(scratch: string): Promise<FuzzInputs> {
  // From the source as well as from the compiled copy below dist/.
  const here = fileURLToPath(new URL('../..', import.meta.url)).replace(/dist[/\\]$/, '');
  const reference = join(here, 'pipelines', 'imaging', 'reference');
  const of = (folder: string, pattern: RegExp) =>
    readdirSync(join(reference, folder))
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(reference, folder, name));
  const slices = of('fuzz-seeds', /^ct-\d\.dcm$/);
  return {
    reference,
    scratch,
    volume: (await readSeries(slices)).volume,
    seeds: {
      CT: [...of('fuzz-seeds', /^ct-/), ...of('compressed', /^(native|rle|jpeg|htj2k)(?!.*decoded).*\.dcm$/)],
      SEG: of('fuzz-seeds', /^seg-/),
      RTSTRUCT: of('fuzz-seeds', /^rtstruct-/),
      NIfTI: of('fuzz-seeds', /^nifti-/),
      NRRD: of('fuzz-seeds', /^nrrd-/),
    },
  };
}

/** The seed of one mutation: every one can be made again alone. */
const seedOf = (seed: number, kind: FuzzKind, index: number): number =>
  (Math.imul(seed, 0x9e3779b1) ^
    Math.imul(fuzzKinds.indexOf(kind) + 1, 0x85ebca6b) ^
    Math.imul(index + 1, 0xc2b2ae35)) |
  0;

/**
 * Damages one file and reads it.
 * @returns how it ended; what is neither a result nor an ImagingError is thrown
 */
export async function fuzzOnce(inputs: FuzzInputs, kind: FuzzKind, seed: number, index: number): Promise<FuzzOutcome> {
  const below = seededNumbers(seedOf(seed, kind, index));
  const files = inputs.seeds[kind];
  const seedFile = files[index % files.length] as string;
  const { name, bytes } = mutate(readFileSync(seedFile), below);
  const path = join(inputs.scratch, `damaged-${kind}`);
  writeFileSync(path, bytes);
  const outcome = (ended: string): FuzzOutcome => ({ seedFile, mutation: name, ended });
  try {
    const inSeries = kind !== 'CT' || /fuzz-seeds.ct-(\d|big|implicit|deflated)/.test(seedFile);
    await readDamaged(inputs, kind, path, inSeries && below(3) === 0);
    return outcome('read');
  } catch (error) {
    if (!(error instanceof ImagingError)) throw error;
    if (/\n/.test(error.message)) throw new Error(`a message of more than one line: ${error.message}`);
    return outcome(error.code);
  }
}

async function readDamaged(inputs: FuzzInputs, kind: FuzzKind, path: string, other: boolean): Promise<void> {
  const { reference, volume } = inputs;
  const region = { NIfTI: {}, NRRD: {}, SEG: { segment: 1 }, RTSTRUCT: { roi: 2 }, CT: {} }[kind];
  if (kind === 'SEG' || kind === 'RTSTRUCT') await readSegmentation(path, volume, other ? {} : region);
  else if (kind !== 'CT') await (other ? readSegmentation(path, volume) : openImage(path));
  else if (!other) await openImage(path);
  else await readSeries([join(reference, 'fuzz-seeds', 'ct-0.dcm'), path, join(reference, 'fuzz-seeds', 'ct-2.dcm')]);
}
