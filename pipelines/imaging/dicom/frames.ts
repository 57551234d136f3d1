import { cross, dot, norm, type Vec3 } from '../volume/affine.js';
import type { DicomItem } from './data-set.js';
import { frameCount } from './pixel-data.js';
import type { Keyword } from './tags.js';

/** Where a frame lies in the patient, DICOM PS3.3 C.7.6.2. */
export interface Plane {
  /** Centre of the first pixel, LPS mm. */
  readonly position: Vec3;
  /** Unit vector along which the column index grows (x). */
  readonly rowDirection: Vec3;
  /** Unit vector along which the row index grows (y). */
  readonly columnDirection: Vec3;
  /** mm between columns (x) and between rows (y): PixelSpacing in the other order. */
  readonly spacing: readonly [x: number, y: number];
}

/** One frame of a single-frame or multi-frame file with its functional groups. */
export interface Frame {
  readonly item: DicomItem;
  /** 0-based place in the file's pixel data. */
  readonly index: number;
  readonly plane: Plane;
  /** The item of a functional group: the frame's own, else the shared one, else undefined. */
  readonly group: (sequence: Keyword) => DicomItem | undefined;
}

/** True for enhanced, legacy converted and segmentation objects, which describe each frame in a sequence. */
export function isMultiFrame(item: DicomItem): boolean {
  return item.has('PerFrameFunctionalGroupsSequence') || item.has('SharedFunctionalGroupsSequence');
}

/**
 * The frames of a file in the order they are stored, each with its plane.
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID when a frame has no complete plane
 */
export function framesOf(item: DicomItem): readonly Frame[] {
  const count = frameCount(item);
  if (!isMultiFrame(item)) {
    if (count > 1) item.missing('PerFrameFunctionalGroupsSequence');
    return [{ item, index: 0, plane: planeOf(item, item, item), group: () => undefined }];
  }
  return functionalGroups(item, count).map((group, index) => {
    const plane = planeOf(
      group('PlanePositionSequence') ?? item.missing('PlanePositionSequence'),
      group('PlaneOrientationSequence') ?? item.missing('PlaneOrientationSequence'),
      group('PixelMeasuresSequence') ?? item.missing('PixelMeasuresSequence'),
    );
    return { item, index, plane, group };
  });
}

/**
 * For each frame, the way to its functional groups.
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID when not every frame is described
 */
export function functionalGroups(item: DicomItem, count: number): readonly Frame['group'][] {
  const shared = item.items('SharedFunctionalGroupsSequence')[0];
  const perFrame = item.items('PerFrameFunctionalGroupsSequence');
  if (perFrame.length === 0 && count > 1) item.missing('PerFrameFunctionalGroupsSequence');
  if (perFrame.length !== 0 && perFrame.length !== count) {
    throw item.invalid('NumberOfFrames', String(count), `${perFrame.length}, the frames that are described`);
  }
  return Array.from(
    { length: count },
    (_, index) => (sequence) => perFrame[index]?.items(sequence)[0] ?? shared?.items(sequence)[0],
  );
}

/**
 * A plane from the items that hold its position, orientation and pixel spacing.
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID
 */
export function planeOf(position: DicomItem, orientation: DicomItem, measures: DicomItem): Plane {
  const [px, py, pz] = position.requiredNumbers('ImagePositionPatient', 3) as [number, number, number];
  const cosines = orientation.requiredNumbers('ImageOrientationPatient', 6);
  const [rx, ry, rz, cx, cy, cz] = cosines as [number, number, number, number, number, number];
  const [row, column]: [Vec3, Vec3] = [
    [rx, ry, rz],
    [cx, cy, cz],
  ];
  const unit = (v: Vec3) => Math.abs(norm(v) - 1) < 1e-3;
  if (!unit(row) || !unit(column) || Math.abs(dot(row, column)) > 1e-3) {
    throw orientation.invalid('ImageOrientationPatient', cosines.join('\\'), 'two unit vectors at a right angle');
  }
  const [dy, dx] = measures.requiredNumbers('PixelSpacing', 2) as [number, number];
  if (dx <= 0 || dy <= 0) throw measures.invalid('PixelSpacing', `${dy}\\${dx}`, 'two positive numbers');
  return { position: [px, py, pz], rowDirection: row, columnDirection: column, spacing: [dx, dy] };
}

/** Unit normal of a plane: the direction in which slice indices grow. */
export function normalOf(plane: Plane): Vec3 {
  const n = cross(plane.rowDirection, plane.columnDirection);
  const length = norm(n);
  return [n[0] / length, n[1] / length, n[2] / length];
}
