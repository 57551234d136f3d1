import { dicomDate } from './calendar.js';
import type { ClinicalRecord } from './clinical-record.js';
import { type DataSet, text } from './dicom-writer.js';
import { syntheticUid } from './random-stream.js';
import type { Phantom } from './thorax-phantom.js';

export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
export const rtStructureSetStorage = '1.2.840.10008.5.1.4.1.1.481.3';

/** What all objects of one patient's study share. */
export interface ImagingStudy {
  readonly seed: number;
  readonly position: number;
  readonly record: ClinicalRecord;
  readonly phantom: Phantom;
  readonly studyUid: string;
  readonly frameOfReferenceUid: string;
  readonly ctSeriesUid: string;
  /** SOP instance of each slice, by ascending z. */
  readonly sliceUids: readonly string[];
}

/** A DICOM object, ready to be written. */
export interface DicomObjectFile {
  readonly sopInstanceUid: string;
  readonly bytes: Buffer;
}

export function planStudy(seed: number, position: number, record: ClinicalRecord, phantom: Phantom): ImagingStudy {
  const uid = (...labels: (string | number)[]) => syntheticUid(seed, position, ...labels);
  return {
    seed,
    position,
    record,
    phantom,
    studyUid: uid('study'),
    frameOfReferenceUid: uid('frame of reference'),
    ctSeriesUid: uid('ct series'),
    sliceUids: Array.from({ length: phantom.grid.size[2] }, (_, k) => uid('slice', k)),
  };
}

/** Says which program wrote a file; the same for every seed (PS3.7 annex D.3.3.2). */
export const implementationUid = syntheticUid(0, 'implementation class');

export const syntheticComment = 'SYNTHETIC: computed phantom, no patient';

/** Patient, General Study, Frame of Reference and General Equipment modules (PS3.3 C.7.1 to C.7.5). */
export function studyElements(study: ImagingStudy): DataSet {
  const { record } = study;
  return [
    text(0x00080005, 'CS', 'ISO_IR 100'),
    text(0x00080020, 'DA', dicomDate(record.ctDay)),
    text(0x00080030, 'TM', '120000'),
    text(0x00080050, 'SH', ''),
    text(0x00080070, 'LO', 'thoracle SYNTHETIC'),
    text(0x00080090, 'PN', ''),
    text(0x00081030, 'LO', 'SYNTHETIC thorax'),
    text(0x00081090, 'LO', 'SYNTHETIC phantom'),
    text(0x00100010, 'PN', `SYNTHETIC^${record.patientId}`),
    text(0x00100020, 'LO', record.patientId),
    text(0x00100030, 'DA', ''),
    text(0x00100040, 'CS', record.sex),
    text(0x00101010, 'AS', `${String(record.age).padStart(3, '0')}Y`),
    text(0x00104000, 'LT', syntheticComment),
    text(0x00181000, 'LO', 'SYNTHETIC'),
    text(0x00181020, 'LO', '1'),
    text(0x0020000d, 'UI', study.studyUid),
    text(0x00200010, 'SH', String(study.position + 1)),
    text(0x00200052, 'UI', study.frameOfReferenceUid),
    text(0x00201040, 'LO', ''),
  ];
}

/** Attributes that place an axial slice (PS3.3 C.7.6.2), mm LPS. */
export function slicePosition(study: ImagingStudy, k: number): readonly [number, number, number] {
  const { origin, spacing } = study.phantom.grid;
  return [origin[0], origin[1], origin[2] + k * spacing[2]];
}

export const axialOrientation = [1, 0, 0, 0, 1, 0] as const;
