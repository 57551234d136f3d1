import { dicomDate } from './calendar.js';
import { type DataSet, decimal, encodeDicomFile, sequence, text } from './dicom-writer.js';
import {
  ctImageStorage,
  type DicomObjectFile,
  type ImagingStudy,
  implementationUid,
  rtStructureSetStorage,
  slicePosition,
  studyElements,
  syntheticComment,
} from './imaging-study.js';
import { maskContours, type Polygon } from './mask-contours.js';
import { syntheticUid } from './random-stream.js';

const roiNumber = '3';

/**
 * The tumour as an RT Structure Set with one region, `GTV-1`: closed planar contours along the voxels' edges on the
 * planes of the CT slices (PS3.3 A.19).
 */
export function structureSet(study: ImagingStudy): DicomObjectFile {
  const sopInstanceUid = syntheticUid(study.seed, study.position, 'rtstruct');
  const identity = { sopClassUid: rtStructureSetStorage, sopInstanceUid, implementationUid };
  const elements: DataSet = [
    ...studyElements(study),
    ...setElements(study),
    sequence(0x30060010, frameOfReference(study)),
    sequence(0x30060020, [
      text(0x30060022, 'IS', roiNumber),
      text(0x30060024, 'UI', study.frameOfReferenceUid),
      text(0x30060026, 'LO', 'GTV-1'),
      text(0x30060036, 'CS', 'MANUAL'),
    ]),
    sequence(0x30060039, [
      text(0x3006002a, 'IS', ['255', '0', '0']),
      sequence(0x30060040, ...contours(study)),
      text(0x30060084, 'IS', roiNumber),
    ]),
    sequence(0x30060080, [
      text(0x30060082, 'IS', '1'),
      text(0x30060084, 'IS', roiNumber),
      text(0x300600a4, 'CS', 'GTV'),
      text(0x300600a6, 'PN', ''),
    ]),
  ];
  return { sopInstanceUid, bytes: encodeDicomFile(identity, elements) };
}

/** RT Series and Structure Set modules (PS3.3 C.8.8.1, C.8.8.5). */
function setElements(study: ImagingStudy): DataSet {
  const date = dicomDate(study.record.ctDay);
  return [
    text(0x00080060, 'CS', 'RTSTRUCT'),
    text(0x0008103e, 'LO', 'SYNTHETIC contours of the tumour'),
    text(0x00081070, 'PN', ''),
    text(0x0020000e, 'UI', syntheticUid(study.seed, study.position, 'rtstruct series')),
    text(0x00200011, 'IS', '400'),
    text(0x00200013, 'IS', '1'),
    text(0x30060002, 'SH', 'SYNTHETIC'),
    text(0x30060004, 'LO', 'SYNTHETIC contours'),
    text(0x30060006, 'ST', syntheticComment),
    text(0x30060008, 'DA', date),
    text(0x30060009, 'TM', '120000'),
  ];
}

function imageReference(sopInstanceUid: string): DataSet {
  return [text(0x00081150, 'UI', ctImageStorage), text(0x00081155, 'UI', sopInstanceUid)];
}

function frameOfReference(study: ImagingStudy): DataSet {
  const series: DataSet = [
    text(0x0020000e, 'UI', study.ctSeriesUid),
    sequence(0x30060016, ...study.sliceUids.map(imageReference)),
  ];
  const referencedStudy: DataSet = [
    // Detached Study Management, retired but what this attribute asks for.
    text(0x00081150, 'UI', '1.2.840.10008.3.1.2.3.1'),
    text(0x00081155, 'UI', study.studyUid),
    sequence(0x30060014, series),
  ];
  return [text(0x00200052, 'UI', study.frameOfReferenceUid), sequence(0x30060012, referencedStudy)];
}

function contours(study: ImagingStudy): DataSet[] {
  const { grid, mask } = study.phantom;
  const [nx, ny, nz] = grid.size;
  return Array.from({ length: nz }, (_, k) =>
    maskContours(mask.subarray(k * nx * ny, (k + 1) * nx * ny), nx, ny).map((polygon) => contour(study, k, polygon)),
  ).flat();
}

function contour(study: ImagingStudy, k: number, polygon: Polygon): DataSet {
  const [x0, y0, z] = slicePosition(study, k);
  const [sx, sy] = study.phantom.grid.spacing;
  const points = polygon.flatMap(([x, y]) => [decimal(x0 + x * sx), decimal(y0 + y * sy), decimal(z)]);
  return [
    sequence(0x30060016, imageReference(study.sliceUids[k] as string)),
    text(0x30060042, 'CS', 'CLOSED_PLANAR'),
    text(0x30060046, 'IS', String(polygon.length)),
    text(0x30060050, 'DS', points),
  ];
}
