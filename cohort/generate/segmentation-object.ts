import { dicomDate } from './calendar.js';
import { type DataSet, decimal, decimals, encodeDicomFile, sequence, text, unsigned } from './dicom-writer.js';
import {
  axialOrientation,
  ctImageStorage,
  type DicomObjectFile,
  type ImagingStudy,
  implementationUid,
  segmentationStorage,
  slicePosition,
  studyElements,
  syntheticComment,
} from './imaging-study.js';
import { syntheticUid } from './random-stream.js';

function code(value: string, scheme: 'SCT' | 'DCM', meaning: string): DataSet {
  return [text(0x00080100, 'SH', value), text(0x00080102, 'SH', scheme), text(0x00080104, 'LO', meaning)];
}

/**
 * Packs frames of 0 and 1 into bits: the first pixel is the lowest bit, frames follow without a gap, only the end is
 * padded (PS3.5 section 8.1.1 and annex D.2).
 */
export function packBits(frames: readonly Uint8Array[]): Uint8Array {
  const pixels = frames.reduce((sum, frame) => sum + frame.length, 0);
  const bytes = new Uint8Array(Math.ceil(pixels / 8));
  let bit = 0;
  for (const frame of frames) {
    for (let i = 0; i < frame.length; i++, bit++) {
      if (frame[i] === 1) bytes[bit >>> 3] = (bytes[bit >>> 3] as number) | (1 << (bit & 7));
    }
  }
  return bytes;
}

/** Slices that get a frame: those with tumour, or all of them for every third patient. */
function framedSlices(study: ImagingStudy): number[] {
  const [nx, ny, nz] = study.phantom.grid.size;
  const all = Array.from({ length: nz }, (_, k) => k);
  const everySlice = study.position % 3 === 2;
  const kept = everySlice
    ? all
    : all.filter((k) => study.phantom.mask.subarray(k * nx * ny, (k + 1) * nx * ny).includes(1));
  // Frame order is free: PlanePositionSequence places them.
  return study.position % 2 === 0 ? kept : kept.reverse();
}

/** The tumour as a binary DICOM Segmentation of the study's CT series (PS3.3 A.51). */
export function segmentationObject(study: ImagingStudy): DicomObjectFile {
  const slices = framedSlices(study);
  const { grid, mask } = study.phantom;
  const [nx, ny] = grid.size;
  const sopInstanceUid = syntheticUid(study.seed, study.position, 'seg');
  const frames = slices.map((k) => mask.subarray(k * nx * ny, (k + 1) * nx * ny));
  const identity = { sopClassUid: segmentationStorage, sopInstanceUid, implementationUid };
  const elements: DataSet = [
    ...studyElements(study),
    ...imageElements(study, slices.length),
    ...referenceElements(study, slices),
    ...dimensionElements(study),
    segmentElement(),
    sequence(0x52009229, sharedGroups(study)),
    sequence(0x52009230, ...frameGroups(study, slices)),
    { tag: 0x7fe00010, vr: 'OB', value: packBits(frames) },
  ];
  return { sopInstanceUid, bytes: encodeDicomFile(identity, elements) };
}

/** Segmentation Series and Segmentation Image modules (PS3.3 C.8.20). */
function imageElements(study: ImagingStudy, frames: number): DataSet {
  const date = dicomDate(study.record.ctDay);
  const [nx, ny] = study.phantom.grid.size;
  return [
    text(0x00080008, 'CS', ['DERIVED', 'PRIMARY']),
    text(0x00080021, 'DA', date),
    text(0x00080023, 'DA', date),
    text(0x00080031, 'TM', '120000'),
    text(0x00080033, 'TM', '120000'),
    text(0x00080060, 'CS', 'SEG'),
    text(0x0008103e, 'LO', 'SYNTHETIC segmentation of the tumour'),
    text(0x0020000e, 'UI', syntheticUid(study.seed, study.position, 'seg series')),
    text(0x00200011, 'IS', '300'),
    text(0x00200013, 'IS', '1'),
    text(0x00204000, 'LT', syntheticComment),
    unsigned(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    text(0x00280008, 'IS', String(frames)),
    unsigned(0x00280010, ny),
    unsigned(0x00280011, nx),
    unsigned(0x00280100, 1),
    unsigned(0x00280101, 1),
    unsigned(0x00280102, 0),
    unsigned(0x00280103, 0),
    text(0x00282110, 'CS', '00'),
    text(0x00620001, 'CS', 'BINARY'),
    text(0x00700080, 'CS', 'SEGMENTATION'),
    text(0x00700081, 'LO', 'SYNTHETIC tumour'),
    text(0x00700084, 'PN', 'SYNTHETIC^READER'),
  ];
}

function imageReference(sopInstanceUid: string): DataSet {
  return [text(0x00081150, 'UI', ctImageStorage), text(0x00081155, 'UI', sopInstanceUid)];
}

/** Common Instance Reference (PS3.3 C.12.2): the CT slices that frames were drawn on. */
function referenceElements(study: ImagingStudy, slices: readonly number[]): DataSet {
  const instances = slices.map((k) => imageReference(study.sliceUids[k] as string));
  return [sequence(0x00081115, [sequence(0x0008114a, ...instances), text(0x0020000e, 'UI', study.ctSeriesUid)])];
}

/** Multi-frame Dimension (PS3.3 C.7.6.17): by segment, then by position. */
function dimensionElements(study: ImagingStudy): DataSet {
  const organisation = text(0x00209164, 'UI', syntheticUid(study.seed, study.position, 'seg dimensions'));
  const index = (attribute: number, group: number, label: string): DataSet => [
    organisation,
    { tag: 0x00209165, vr: 'AT', value: [attribute] },
    { tag: 0x00209167, vr: 'AT', value: [group] },
    text(0x00209421, 'LO', label),
  ];
  return [
    sequence(0x00209221, [organisation]),
    sequence(0x00209222, index(0x0062000b, 0x0062000a, 'Segment'), index(0x00200032, 0x00209113, 'Position')),
  ];
}

function segmentElement() {
  return sequence(0x00620002, [
    sequence(0x00620003, code('49755003', 'SCT', 'Morphologically Abnormal Structure')),
    unsigned(0x00620004, 1),
    text(0x00620005, 'LO', 'Tumour'),
    text(0x00620006, 'ST', syntheticComment),
    text(0x00620008, 'CS', 'MANUAL'),
    sequence(0x0062000f, code('108369006', 'SCT', 'Neoplasm')),
  ]);
}

function sharedGroups(study: ImagingStudy): DataSet {
  const [sx, sy, sz] = study.phantom.grid.spacing;
  const measures = [
    text(0x00180050, 'DS', decimal(sz)),
    text(0x00180088, 'DS', decimal(sz)),
    decimals(0x00280030, [sy, sx]),
  ];
  return [
    sequence(0x00209116, [decimals(0x00200037, axialOrientation)]),
    sequence(0x00289110, measures),
    sequence(0x0062000a, [unsigned(0x0062000b, 1)]),
  ];
}

function frameGroups(study: ImagingStudy, slices: readonly number[]): DataSet[] {
  const ascending = [...slices].sort((a, b) => a - b);
  return slices.map((k) => {
    const source: DataSet = [
      ...imageReference(study.sliceUids[k] as string),
      text(0x0028135a, 'CS', 'YES'),
      sequence(0x0040a170, code('121322', 'DCM', 'Source image for image processing operation')),
    ];
    return [
      sequence(0x00089124, [sequence(0x00082112, source), sequence(0x00089215, code('113076', 'DCM', 'Segmentation'))]),
      sequence(0x00209111, [{ tag: 0x00209157, vr: 'UL', value: [1, ascending.indexOf(k) + 1] }]),
      sequence(0x00209113, [decimals(0x00200032, slicePosition(study, k))]),
    ];
  });
}
