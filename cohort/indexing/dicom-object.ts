import type { DataSet } from 'dicom-parser';
import { byCodePoint } from './cohort-index.js';
import { NotDicomError } from './dicom-scan.js';

/** One DICOM file's identity. */
export interface DicomObject {
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly modality: string;
  readonly sopClassUid: string;
  readonly frameOfReferenceUid: string | undefined;
  readonly seriesDescription: string | undefined;
  readonly studyDate: string | undefined;
  readonly referencedSeriesUids: readonly string[];
}

/** Segmentation Storage and Label Map Segmentation Storage (PS3.6 annex A). */
export const segmentationClasses = new Set(['1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7']);
/** RT Structure Set Storage. */
export const rtStructureSetClass = '1.2.840.10008.5.1.4.1.1.481.3';

const mediaDirectoryClass = '1.2.840.10008.1.3.10';

/** Character sets without code extensions that the platform decodes by itself (PS3.3 C.12.1.1.2). */
const decoders: Readonly<Record<string, string>> = {
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 126': 'iso-8859-7',
};

function text(dataSet: DataSet, tag: string): string | undefined {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length === 0) return undefined;
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  const label = decoders[dataSet.string('x00080005') ?? ''] ?? 'latin1';
  const value = new TextDecoder(label).decode(bytes).replace(/\0/g, '').trim();
  return value === '' ? undefined : value;
}

function needed(dataSet: DataSet, tag: string, name: string): string {
  const value = text(dataSet, tag);
  if (value === undefined) throw new NotDicomError(`no ${name} in its DICOM header`);
  return value;
}

function items(dataSet: DataSet | undefined, tag: string): DataSet[] {
  const found = dataSet?.elements[tag]?.items ?? [];
  return found.flatMap((entry) => (entry.dataSet === undefined ? [] : [entry.dataSet]));
}

/** SEG: ReferencedSeriesSequence. RTSTRUCT: ReferencedFrameOfReference > RTReferencedStudy > RTReferencedSeries. */
function referencedSeries(dataSet: DataSet): string[] {
  const series = items(dataSet, 'x00081115');
  for (const frame of items(dataSet, 'x30060010')) {
    for (const study of items(frame, 'x30060012')) series.push(...items(study, 'x30060014'));
  }
  const uids = series.flatMap((entry) => text(entry, 'x0020000e') ?? []);
  return [...new Set(uids)].sort(byCodePoint);
}

/** RTSTRUCT objects mostly give it inside ReferencedFrameOfReferenceSequence only, some with their ROIs only. */
function frameOfReference(dataSet: DataSet): string | undefined {
  const first = (sequence: string, tag: string) =>
    items(dataSet, sequence)
      .map((item) => text(item, tag))
      .find((uid) => uid !== undefined);
  return text(dataSet, 'x00200052') ?? first('x30060010', 'x00200052') ?? first('x30060020', 'x30060024');
}

/** True when the data set names a DICOM class: what tells a header without a `DICM` mark from chance. */
export function hasSopClass(dataSet: DataSet): boolean {
  return text(dataSet, 'x00080016')?.startsWith('1.2.840.10008.') ?? false;
}

/**
 * A parsed header as an object's identity.
 * @returns a sentence instead when the object is valid but holds nothing to index (a DICOMDIR, no patient id)
 * @throws NotDicomError when an identifier that every object must have is missing
 */
export function dicomObject(dataSet: DataSet): DicomObject | string {
  const sopClassUid = text(dataSet, 'x00080016');
  if (sopClassUid === mediaDirectoryClass) return 'DICOMDIR, a list of files and no image';
  const modality = needed(dataSet, 'x00080060', 'Modality (0008,0060)');
  const object = {
    sopClassUid: needed(dataSet, 'x00080016', 'SOPClassUID (0008,0016)'),
    sopInstanceUid: needed(dataSet, 'x00080018', 'SOPInstanceUID (0008,0018)'),
    studyInstanceUid: needed(dataSet, 'x0020000d', 'StudyInstanceUID (0020,000D)'),
    seriesInstanceUid: needed(dataSet, 'x0020000e', 'SeriesInstanceUID (0020,000E)'),
    modality,
    frameOfReferenceUid: frameOfReference(dataSet),
    seriesDescription: text(dataSet, 'x0008103e'),
    studyDate: text(dataSet, 'x00080020'),
    referencedSeriesUids: referencedSeries(dataSet),
  };
  const patientId = text(dataSet, 'x00100020');
  if (patientId === undefined) return `DICOM ${modality} object without PatientID (0010,0020)`;
  return { patientId, ...object };
}
