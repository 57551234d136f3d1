import { basename } from 'node:path';
import type { Provenance } from '../../featurestore/contract/index.js';
import { packageVersion } from '../../package-facts.js';
import { type Cell, featureTable, sha256Hex } from '../feature-table.js';
import type { Finding, Stage } from '../stage.js';
import { looksLikeDicom, parseDicom } from './dicom/data-set.js';
import { readBytes } from './dicom/read-files.js';
import { readSeries, type SeriesVolume } from './dicom/series.js';
import { imagingError } from './errors.js';
import { type MaskChoice, readSegmentation } from './image-source/open-mask.js';
import { imagingGroup, keptDiagnostics } from './imaging-group.js';
import { measure, type Radiomics } from './radiomics/measure.js';
import { regionArtifacts } from './region-artifacts.js';
import type { RadiomicsSettings } from './settings/settings.js';

/** One patient's image and segmentation, as paths: plain values. */
export interface ImagingInput {
  readonly patientId: string;
  /** The files of one DICOM image series, in any order. */
  readonly ctFiles: readonly string[];
  /** A DICOM SEG or RTSTRUCT; a NIfTI or NRRD label image works too. */
  readonly segmentationFile: string;
  /** When given, a segmentation of another kind is refused. */
  readonly segmentationKind?: 'SEG' | 'RTSTRUCT' | undefined;
  /** Which region, where the file has several: name or number. A label image takes the label of the settings. */
  readonly roi?: string | number | undefined;
  readonly segment?: string | number | undefined;
  /** `YYYYMMDD` or `YYYY-MM-DD`. */
  readonly studyDate?: string | undefined;
}

/**
 * CT series and segmentation of one patient -> one row of the group `imaging`: radiomics features with their units and
 * IBSI codes, where they came from, and in the folder `<patient>` the files of {@link regionArtifacts}.
 * `event_time` is the study date at 00:00 UTC, or 0 without one.
 * @throws ImagingError when files cannot be read, do not fit together, or the region cannot be measured
 */
export const imagingStage: Stage<ImagingInput, RadiomicsSettings> = {
  name: 'imaging',
  async run(input, settings) {
    const segmentation = await readBytes(input.segmentationFile);
    const sliceDigests = new Map<string, string>();
    const series = await readSeries(input.ctFiles, (file, bytes) => sliceDigests.set(file, sha256Hex(bytes)));
    const choice = maskChoice(input, segmentation, settings);
    const { mask, findings } = await readSegmentation(input.segmentationFile, series.volume, choice);
    const radiomics = measure(series.volume, mask, settings);
    const scanDate = isoDate(input.studyDate);
    const group = imagingGroup(settings);
    const values = {
      ...Object.fromEntries(radiomics.features),
      ...Object.fromEntries(keptDiagnostics.map((d) => [d.name, radiomics.diagnostics[d.name] as Cell] as const)),
      ScanDate: scanDate ?? null,
      imageName: series.seriesInstanceUid,
      maskName: mask.label,
    };
    const eventTimeMs = scanDate === undefined ? 0 : Date.parse(`${scanDate}T00:00:00Z`);
    const provenance: Provenance = {
      pipelineVersion: `imaging@${packageVersion()}`,
      settingsDigest: group.settingsDigest,
      inputDigests: [
        { name: series.seriesInstanceUid, sha256: seriesDigest(series, sliceDigests) },
        { name: basename(input.segmentationFile), sha256: sha256Hex(segmentation) },
      ],
    };
    return {
      table: featureTable(group, [{ caseId: input.patientId, eventTimeMs, values }], [provenance]),
      findings: [
        ...findings.map((f): Finding => ({ severity: 'warning', ...f, patientId: input.patientId })),
        ...ownFindings(input, radiomics, scanDate),
      ],
      artifacts: regionArtifacts(folderOf(input.patientId), series.volume, mask),
    };
  },
};

/**
 * Which region of a segmentation an input means.
 * @throws ImagingError DICOM_KIND when the segmentation is of another kind than the input says
 */
export function maskChoice(input: ImagingInput, bytes: Uint8Array, settings: RadiomicsSettings): MaskChoice {
  const isDicom = looksLikeDicom(bytes);
  if (input.segmentationKind !== undefined) {
    const found = isDicom ? parseDicom(input.segmentationFile, bytes).text('Modality') : 'a label image';
    if (found !== input.segmentationKind) {
      throw imagingError('DICOM_KIND', input.segmentationFile, found ?? 'without Modality', input.segmentationKind);
    }
  }
  if (isDicom) return { roi: input.roi, segment: input.segment };
  return { roi: input.roi, segment: input.segment, label: settings.label };
}

/** SHA-256 over the SHA-256 of the slices, lowest slice first: one digest for a series, whatever its files are called. */
function seriesDigest(series: SeriesVolume, sliceDigests: ReadonlyMap<string, string>): string {
  return sha256Hex(series.files.map((file) => sliceDigests.get(file)).join(''));
}

/** `YYYY-MM-DD` of a date that exists, else undefined. */
function isoDate(date: string | undefined): string | undefined {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date?.trim() ?? '');
  if (match === null) return undefined;
  const iso = `${match[1]}-${match[2]}-${match[3]}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : undefined;
}

function ownFindings(input: ImagingInput, radiomics: Radiomics, scanDate: string | undefined): Finding[] {
  const findings: Finding[] = [];
  const about = { patientId: input.patientId };
  const parts = radiomics.diagnostics['diagnostics_Mask-original_VolumeNum'];
  if (typeof parts === 'number' && parts > 1) {
    findings.push({
      severity: 'info',
      code: 'IMAGING_MASK_SEVERAL_PARTS',
      message: `The region has ${parts} separate parts, which were measured together`,
      ...about,
    });
  }
  if (scanDate === undefined) {
    const found = input.studyDate === undefined ? 'The image has no study date' : 'The study date is not a date';
    findings.push({
      severity: 'info',
      code: 'IMAGING_NO_STUDY_DATE',
      message: `${found}, so event_time is 1970-01-01`,
      ...about,
    });
  }
  return findings;
}

/**
 * The id as the name of one folder. What separates folders, means one of them (`..`) or may be in no name on some system is
 * written as in a URL, so that no id leads into another patient's folder and different ids have different names.
 */
function folderOf(patientId: string): string {
  const escaped = (text: string) => `%${text.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  return patientId.replace(/[\x00-\x1f"%*/:<>?\\|]|^\.|\.$/g, escaped);
}
