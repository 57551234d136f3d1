import { dicomDate } from './calendar.js';
import { type DataSet, decimal, decimals, encodeDicomFile, text, unsigned } from './dicom-writer.js';
import {
  axialOrientation,
  ctImageStorage,
  type DicomObjectFile,
  type ImagingStudy,
  implementationUid,
  slicePosition,
  studyElements,
  syntheticComment,
} from './imaging-study.js';

/** How stored values are written: both forms occur in real series. */
interface Storage {
  readonly signed: boolean;
  /** HU = stored + intercept. */
  readonly intercept: number;
}

/** The CT series of a study: one CT Image Storage object per slice, by ascending z. */
export function* ctSeries(study: ImagingStudy): Generator<DicomObjectFile> {
  const signed = study.position % 3 === 1;
  const storage: Storage = { signed, intercept: signed ? 0 : -1024 };
  const shared = [...studyElements(study), ...seriesElements(study), ...pixelElements(study, storage)];
  for (const [k, sopInstanceUid] of study.sliceUids.entries()) {
    const identity = { sopClassUid: ctImageStorage, sopInstanceUid, implementationUid };
    yield { sopInstanceUid, bytes: encodeDicomFile(identity, [...shared, ...sliceElements(study, k, storage)]) };
  }
}

/** General Series, General Image and CT Image modules (PS3.3 C.7.3.1, C.7.6.1, C.8.2.1), what all slices share. */
function seriesElements(study: ImagingStudy): DataSet {
  const date = dicomDate(study.record.ctDay);
  return [
    text(0x00080008, 'CS', ['DERIVED', 'PRIMARY', 'AXIAL']),
    text(0x00080021, 'DA', date),
    text(0x00080022, 'DA', date),
    text(0x00080023, 'DA', date),
    text(0x00080031, 'TM', '120000'),
    text(0x00080032, 'TM', '120000'),
    text(0x00080033, 'TM', '120000'),
    text(0x00080060, 'CS', 'CT'),
    text(0x0008103e, 'LO', 'SYNTHETIC CT thorax'),
    text(0x00082111, 'ST', 'Computed from a mathematical phantom'),
    text(0x00180015, 'CS', 'CHEST'),
    text(0x00180050, 'DS', decimal(study.phantom.grid.spacing[2])),
    text(0x00180060, 'DS', '120'),
    text(0x00185100, 'CS', 'HFS'),
    text(0x0020000e, 'UI', study.ctSeriesUid),
    text(0x00200011, 'IS', '2'),
    text(0x00200012, 'IS', '1'),
    text(0x00204000, 'LT', syntheticComment),
    text(0x00280301, 'CS', 'NO'),
  ];
}

/** Image Pixel and the rescale of CT Image (PS3.3 C.7.6.3, C.8.2.1). */
function pixelElements(study: ImagingStudy, storage: Storage): DataSet {
  const [nx, ny] = study.phantom.grid.size;
  const [sx, sy] = study.phantom.grid.spacing;
  return [
    unsigned(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    unsigned(0x00280010, ny),
    unsigned(0x00280011, nx),
    // Between rows first, then between columns (PS3.3 10.7.1.3).
    decimals(0x00280030, [sy, sx]),
    unsigned(0x00280100, 16),
    unsigned(0x00280101, storage.signed ? 16 : 12),
    unsigned(0x00280102, storage.signed ? 15 : 11),
    unsigned(0x00280103, storage.signed ? 1 : 0),
    text(0x00281050, 'DS', ['40', '-600']),
    text(0x00281051, 'DS', ['400', '1500']),
    text(0x00281052, 'DS', decimal(storage.intercept)),
    text(0x00281053, 'DS', '1'),
    text(0x00281054, 'LO', 'HU'),
  ];
}

function sliceElements(study: ImagingStudy, k: number, storage: Storage): DataSet {
  const { grid, hu } = study.phantom;
  const [nx, ny, nz] = grid.size;
  const pixels = new Uint8Array(nx * ny * 2);
  const view = new DataView(pixels.buffer);
  const from = k * nx * ny;
  for (let i = 0; i < nx * ny; i++) view.setInt16(i * 2, (hu[from + i] as number) - storage.intercept, true);
  const position = slicePosition(study, k);
  // Half of the scanners count from the head down.
  const instance = study.position % 2 === 0 ? k + 1 : nz - k;
  return [
    text(0x00200013, 'IS', String(instance)),
    decimals(0x00200032, position),
    decimals(0x00200037, axialOrientation),
    decimals(0x00201041, [position[2]]),
    { tag: 0x7fe00010, vr: 'OW', value: pixels },
  ];
}
