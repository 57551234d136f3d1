import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemReason } from '../../../system-reason.js';
import type { SeriesRecord } from '../dicom/choose-segmentation.js';
import type { DicomItem } from '../dicom/data-set.js';
import { eachFile, headerOf, readHeaderBytes } from '../dicom/read-files.js';
import { imagingModalities } from '../dicom/series.js';
import { imagingError } from '../errors.js';
import { contentKind } from './content-kind.js';

/** Every file under a folder, by code point order of its path. @throws ImagingError FILE_UNREADABLE */
async function filesUnder(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', folder, systemReason(cause));
  }
}

/**
 * The DICOM series under a folder, by their headers, ordered by series UID; files that are not DICOM and DICOM files
 * without a series (DICOMDIR) are passed over.
 * @throws ImagingError FILE_UNREADABLE, DICOM_UNREADABLE for a file that starts like DICOM and cannot be parsed
 */
export async function dicomSeriesIn(folder: string): Promise<readonly SeriesRecord[]> {
  const series = new Map<string, SeriesRecord & { readonly files: string[] }>();
  for (const record of await eachFile(await filesUnder(folder), recordOf)) {
    if (record === undefined) continue;
    const known = series.get(record.seriesInstanceUid);
    if (known === undefined) series.set(record.seriesInstanceUid, { ...record, files: [...record.files] });
    else known.files.push(...record.files);
  }
  return [...series.values()].sort((a, b) => (a.seriesInstanceUid < b.seriesInstanceUid ? -1 : 1));
}

/** Header facts of a DICOM file that belongs to a series, else undefined. */
async function recordOf(file: string): Promise<SeriesRecord | undefined> {
  const start = await readHeaderBytes(file);
  if (contentKind(start) !== 'dicom') return undefined;
  const header = await headerOf(file, start);
  return header.text('SeriesInstanceUID') === undefined ? undefined : seriesRecord(header);
}

/** Header facts of one file; `files` names it alone. */
export function seriesRecord(item: DicomItem): SeriesRecord {
  const direct = item.items('ReferencedSeriesSequence');
  const throughFrames = item
    .items('ReferencedFrameOfReferenceSequence')
    .flatMap((frame) => frame.items('RTReferencedStudySequence'))
    .flatMap((study) => study.items('RTReferencedSeriesSequence'));
  const referenced = [...direct, ...throughFrames].flatMap((s) => s.text('SeriesInstanceUID') ?? []);
  const frameOfReferences = [
    item.text('FrameOfReferenceUID'),
    ...item.items('ReferencedFrameOfReferenceSequence').map((frame) => frame.text('FrameOfReferenceUID')),
    ...item.items('StructureSetROISequence').map((roi) => roi.text('ReferencedFrameOfReferenceUID')),
  ];
  return {
    modality: item.requiredText('Modality'),
    frameOfReferenceUid: frameOfReferences.find((uid) => uid !== undefined),
    referencedSeriesUids: [...new Set(referenced)],
    seriesInstanceUid: item.requiredText('SeriesInstanceUID'),
    seriesDescription: item.text('SeriesDescription'),
    files: [item.file],
  };
}

/**
 * The files of the one image series of a folder, or of the one that is asked for.
 * @param asked SeriesInstanceUID or series description
 * @throws ImagingError SERIES_EMPTY; SERIES_SEVERAL, SERIES_ABSENT with the list
 */
export async function imageSeries(folder: string, asked?: string): Promise<readonly string[]> {
  const images = (await dicomSeriesIn(folder)).filter((s) => imagingModalities.includes(s.modality));
  if (images.length === 0) throw imagingError('SERIES_EMPTY', folder);
  const list = (series: readonly SeriesRecord[]) =>
    series
      .map((s) => `${s.modality} "${s.seriesDescription ?? ''}" ${s.seriesInstanceUid} (${s.files.length} files)`)
      .join('; ');
  const found =
    asked === undefined ? images : images.filter((s) => [s.seriesInstanceUid, s.seriesDescription].includes(asked));
  const [only] = found;
  if (only === undefined) throw imagingError('SERIES_ABSENT', folder, asked ?? '', list(images));
  if (found.length > 1) throw imagingError('SERIES_SEVERAL', folder, list(found));
  return only.files;
}
