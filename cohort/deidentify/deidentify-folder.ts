import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWholeFolder } from '../generate/output-folder.js';
import { dicomClaim } from '../indexing/dicom-header.js';
import { NotDicomError } from '../indexing/dicom-scan.js';
import { walkFolder } from '../indexing/walk-folder.js';
import {
  type ConfidentialityProfile,
  loadConfidentialityProfile,
  profileEdition,
  type RetainOption,
} from './confidentiality-profile.js';
import { type DeidentifiedObject, deidentifyObject } from './deidentify-object.js';
import { createPseudonyms } from './pseudonyms.js';

/** How a folder is de-identified. */
export interface DeidentifyOptions {
  readonly retain: readonly RetainOption[];
  /** Key of the pseudonyms; the same key gives the same ids and UIDs again. */
  readonly secret: Buffer;
  /** Patient ids chosen by a person, original to new. */
  readonly patientIds?: ReadonlyMap<string, string>;
  /** Write objects that say of themselves that names are burned into their pixels. */
  readonly keepBurnedIn?: boolean;
  readonly onProgress?: (done: number, total: number, failed: number) => void;
}

/** How often an attribute was changed in which way. */
export interface AttributeChange {
  readonly tag: string;
  readonly name: string;
  readonly action: string;
  readonly elements: number;
}

/** What was done; it holds no original value and no original file name. */
export interface DeidentificationReport {
  readonly profile: string;
  readonly retained: readonly RetainOption[];
  readonly patients: number;
  readonly written: number;
  /** Objects that were held back since names are burned into their pixels. */
  readonly heldBack: number;
  /** DICOM files that could not be read and were not written. */
  readonly failed: number;
  /** Files that are no DICOM; none of them is copied. */
  readonly notDicom: number;
  readonly attributes: readonly AttributeChange[];
  /** Written files (relative to the output) whose kind makes burned-in names likely, or that say so and were kept. */
  readonly burnedIn: readonly { readonly file: string; readonly because: 'said by the file' | 'kind of image' }[];
}

/** The report, and beside it what only the person at the keyboard may see: names of original files. */
export interface DeidentifiedFolder {
  readonly report: DeidentificationReport;
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

class Tally {
  private readonly counts = new Map<string, number>();
  readonly patients = new Set<string>();
  readonly files = new Set<string>();
  readonly burnedIn: { file: string; because: 'said by the file' | 'kind of image' }[] = [];
  readonly problems: { file: string; reason: string }[] = [];
  heldBack = 0;
  failed = 0;
  notDicom = 0;

  count(changes: DeidentifiedObject['changes']): void {
    for (const [tag, what] of changes) {
      const key = `${tag} ${what}`;
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  attributes(profile: ConfidentialityProfile): readonly AttributeChange[] {
    return [...this.counts.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, elements]) => {
        const tag = key.slice(0, 8);
        return {
          tag: `(${tag.slice(0, 4)},${tag.slice(4)})`,
          name: attributeName(tag, profile),
          action: key.slice(9),
          elements,
        };
      });
  }
}

function attributeName(tag: string, profile: ConfidentialityProfile): string {
  const number = Number.parseInt(tag, 16);
  if ((number >>> 16) % 2 === 1) return 'private';
  return profile.row(number)?.name ?? 'outside the table';
}

/** Where a de-identified object lies: by its new ids, so no original name is in a path. */
function pathOf({ patientId, studyUid, seriesUid, instanceUid }: DeidentifiedObject): string {
  return `${patientId.replace(/[^A-Za-z0-9._-]/g, '_')}/${studyUid}/${seriesUid}/${instanceUid}.dcm`;
}

/**
 * Writes a de-identified copy of all DICOM objects of a folder, and `deidentification-report.json`. The output appears
 * whole at the end or not at all; the input is only read.
 * @param out a new or empty folder
 * @throws CohortError COHORT_ROOT_*, COHORT_OUT_*
 */
export async function deidentifyFolder(
  root: string,
  out: string,
  options: DeidentifyOptions,
): Promise<DeidentifiedFolder> {
  const { files, notUnderstood } = await walkFolder(root);
  const profile = loadConfidentialityProfile();
  const policy = { profile, retain: new Set(options.retain) };
  const pseudonyms = createPseudonyms(options.secret, options.patientIds);
  const tally = new Tally();
  tally.problems.push(...notUnderstood.map(({ path, reason }) => ({ file: path, reason })));
  const report = await writeWholeFolder(out, async (folder) => {
    for (const [i, file] of files.entries()) {
      const bytes = await readFile(join(root, file));
      if (dicomClaim(bytes) === 'none') tally.notDicom++;
      else await writeOne(file, folder, tally, options, () => deidentifyObject(bytes, policy, pseudonyms));
      options.onProgress?.(i + 1, files.length, tally.failed);
    }
    const summary = summarise(tally, profile, options.retain);
    await writeFile(join(folder, 'deidentification-report.json'), `${JSON.stringify(summary, null, 2)}\n`);
    return summary;
  });
  return { report, problems: tally.problems };
}

async function writeOne(
  file: string,
  folder: string,
  tally: Tally,
  options: DeidentifyOptions,
  make: () => DeidentifiedObject,
): Promise<void> {
  const object = tryObject(file, tally, make);
  if (object === undefined) return;
  if (object.burnedIn === 'yes' && options.keepBurnedIn !== true) {
    tally.heldBack++;
    tally.problems.push({ file, reason: 'held back: BurnedInAnnotation (0028,0301) is YES, its pixels show names' });
    return;
  }
  const path = freePath(pathOf(object), tally.files);
  tally.files.add(path);
  tally.patients.add(object.patientId);
  tally.count(object.changes);
  if (object.burnedIn !== 'no') {
    tally.burnedIn.push({ file: path, because: object.burnedIn === 'yes' ? 'said by the file' : 'kind of image' });
  }
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, object.bytes);
}

/** Two files may carry the same instance UID; neither is lost. */
function freePath(path: string, taken: ReadonlySet<string>): string {
  for (let copy = 1; ; copy++) {
    const free = copy === 1 ? path : path.replace(/\.dcm$/, `-${copy}.dcm`);
    if (!taken.has(free)) return free;
  }
}

function tryObject(file: string, tally: Tally, make: () => DeidentifiedObject): DeidentifiedObject | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof NotDicomError)) throw error;
    tally.failed++;
    tally.problems.push({ file, reason: error.message });
    return undefined;
  }
}

function summarise(
  tally: Tally,
  profile: ConfidentialityProfile,
  retained: readonly RetainOption[],
): DeidentificationReport {
  const { heldBack, failed, notDicom, burnedIn } = tally;
  return {
    profile: profileEdition,
    retained,
    patients: tally.patients.size,
    written: tally.files.size,
    ...{ heldBack, failed, notDicom },
    attributes: tally.attributes(profile),
    burnedIn,
  };
}
