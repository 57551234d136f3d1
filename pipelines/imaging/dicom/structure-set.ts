import { imagingError } from '../errors.js';
import { type Affine, formatNumbers, invertAffine, spacingOf } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import type { DicomItem } from './data-set.js';
import { checkFrameOfReference, type MaskResult, type ReadFinding } from './mask-result.js';
import { fillEvenOdd, type Polygon } from './polygon.js';
import { sopClasses } from './tags.js';

/** A region of interest of an RT structure set. */
export interface Roi {
  readonly number: number;
  readonly name: string;
  readonly frameOfReferenceUid: string | undefined;
}

export function isStructureSet(item: DicomItem): boolean {
  return item.text('SOPClassUID') === sopClasses.rtStructureSet || item.text('Modality') === 'RTSTRUCT';
}

/** The ROIs in the order of the file. */
export function roisOf(item: DicomItem): readonly Roi[] {
  return item.items('StructureSetROISequence').map((roi) => {
    const number = roi.number('ROINumber') ?? roi.missing('ROINumber');
    return {
      number,
      name: roi.text('ROIName') ?? `ROI ${number}`,
      frameOfReferenceUid: roi.text('ReferencedFrameOfReferenceUID'),
    };
  });
}

/**
 * Chooses a ROI by number or name (a text of digits that is no name is a number); without a choice the only one.
 * @throws ImagingError RTSTRUCT_ROI_NOT_CHOSEN, RTSTRUCT_ROI_ABSENT, both with the list of ROIs; DICOM_TAG_INVALID when two
 *   ROIs share the number, so that the contours cannot be told apart
 */
export function chooseRoi(item: DicomItem, choice: string | number | undefined): Roi {
  const rois = roisOf(item);
  const list = rois.map((r) => `${r.number} "${r.name}"`).join(', ') || 'none';
  const byName = typeof choice === 'string' ? rois.filter((r) => r.name === choice) : [];
  const matches =
    choice === undefined || byName.length > 0
      ? choice === undefined
        ? rois
        : byName
      : rois.filter((r) => String(r.number) === String(choice));
  const [match] = matches;
  if (match === undefined && choice !== undefined) {
    throw imagingError(
      'RTSTRUCT_ROI_ABSENT',
      item.file,
      typeof choice === 'string' ? `"${choice}"` : String(choice),
      list,
    );
  }
  if (match === undefined || matches.length > 1) throw imagingError('RTSTRUCT_ROI_NOT_CHOSEN', item.file, list);
  if (rois.filter((r) => r.number === match.number).length > 1) {
    throw item.invalid('ROINumber', String(match.number), `a number of its own for each ROI (${list})`);
  }
  return match;
}

/**
 * One ROI of an RT structure set on the volume's grid. A voxel is inside when its centre is inside an odd number of the
 * contours of its slice (even-odd). Contours are matched to slices by their coordinates, within a tenth of the slice
 * distance; the images they name are not needed. Slices without a contour are outside: nothing is interpolated.
 * @throws ImagingError FRAME_OF_REFERENCE_DIFFERS, RTSTRUCT_*, MASK_OUTSIDE_IMAGE, MASK_EMPTY, DICOM_*
 */
export function structureSetMask(item: DicomItem, volume: Volume, choice: string | number | undefined): MaskResult {
  const roi = chooseRoi(item, choice);
  const frameOfReference = roi.frameOfReferenceUid ?? item.text('FrameOfReferenceUID');
  const findings = checkFrameOfReference(item.file, frameOfReference, volume);
  const slices = contoursBySlice(item, roi, volume, findings);
  const [nx, ny] = volume.size;
  const voxels = new Uint8Array(volume.voxels.length);
  for (const [z, polygons] of slices) {
    fillEvenOdd(polygons, nx, ny, voxels.subarray(z * nx * ny, (z + 1) * nx * ny));
  }
  if (!voxels.includes(1)) throw imagingError('MASK_EMPTY', item.file, roi.name);
  reportSkippedSlices(item.file, roi, [...slices.keys()], findings);
  return { mask: { voxels, size: volume.size, indexToLps: volume.indexToLps, label: roi.name }, findings };
}

function contoursBySlice(item: DicomItem, roi: Roi, volume: Volume, findings: ReadFinding[]): Map<number, Polygon[]> {
  const owners = item.items('ROIContourSequence').filter((entry) => entry.number('ReferencedROINumber') === roi.number);
  const lpsToIndex = invertAffine(volume.indexToLps);
  const slices = new Map<number, Polygon[]>();
  let ignored = 0;
  for (const contour of owners.flatMap((owner) => owner.items('ContourSequence'))) {
    const points = closedContour(contour, roi);
    if (points === null) {
      ignored++;
      continue;
    }
    const { z, polygon } = toSlice(points, item.file, roi, volume, lpsToIndex);
    const polygons = slices.get(z);
    if (polygons === undefined) slices.set(z, [polygon]);
    else polygons.push(polygon);
  }
  if (slices.size === 0) throw imagingError('RTSTRUCT_NO_CONTOUR', item.file, roi.name, ignored);
  if (ignored > 0) {
    findings.push({
      code: 'IMAGING_CONTOURS_IGNORED',
      message: `${item.file}: ${ignored} contours of ROI "${roi.name}" enclose no area (points, open lines, fewer than 3 points) and were left out`,
    });
  }
  return slices;
}

/** Coordinates of a contour that encloses an area, else null. */
function closedContour(contour: DicomItem, roi: Roi): readonly number[] | null {
  const type = contour.text('ContourGeometricType') ?? contour.missing('ContourGeometricType');
  if (!['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR', 'POINT', 'OPEN_PLANAR', 'OPEN_NONPLANAR'].includes(type)) {
    throw imagingError('RTSTRUCT_CONTOUR', contour.file, roi.name, `has the unknown type "${type}"`);
  }
  const data = contour.numbers('ContourData') ?? contour.missing('ContourData');
  if (data.length % 3 !== 0) {
    throw imagingError(
      'RTSTRUCT_CONTOUR',
      contour.file,
      roi.name,
      `has ${data.length} coordinates, expected three per point`,
    );
  }
  return type.startsWith('CLOSED') && data.length >= 9 ? data : null;
}

function toSlice(
  points: readonly number[],
  file: string,
  roi: Roi,
  volume: Volume,
  lpsToIndex: Affine,
): { readonly z: number; readonly polygon: Polygon } {
  const polygon = new Float64Array((points.length / 3) * 2);
  const m = (i: number) => lpsToIndex[i] as number;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let p = 0; p < points.length / 3; p++) {
    const [x, y, z] = [points[3 * p] as number, points[3 * p + 1] as number, points[3 * p + 2] as number];
    polygon[2 * p] = m(0) * x + m(1) * y + m(2) * z + m(3);
    polygon[2 * p + 1] = m(4) * x + m(5) * y + m(6) * z + m(7);
    const w = m(8) * x + m(9) * y + m(10) * z + m(11);
    if (w < low) low = w;
    if (w > high) high = w;
  }
  const z = Math.round((low + high) / 2);
  const first = `${formatNumbers(points.slice(0, 3))} mm`;
  if (Math.max(high - z, z - low) > 0.1) {
    const away = formatNumbers([Math.max(high - z, z - low) * spacingOf(volume.indexToLps)[2]]);
    throw imagingError(
      'RTSTRUCT_CONTOUR',
      file,
      roi.name,
      `that starts at ${first} lies in no slice of the image (up to ${away} mm away)`,
    );
  }
  checkInsideImage(polygon, z, file, roi, volume, first);
  return { z, polygon };
}

/** A contour may leave the image only as far as the outermost voxels reach. */
function checkInsideImage(polygon: Polygon, z: number, file: string, roi: Roi, volume: Volume, at: string): void {
  const [nx, ny, nz] = volume.size;
  let outside = z < 0 || z >= nz;
  for (let i = 0; i < polygon.length; i += 2) {
    const [x, y] = [polygon[i] as number, polygon[i + 1] as number];
    outside ||= x < -1 || y < -1 || x > nx || y > ny;
  }
  if (outside) throw imagingError('MASK_OUTSIDE_IMAGE', file, roi.name, `the contour that starts at ${at}`);
}

function reportSkippedSlices(file: string, roi: Roi, slices: readonly number[], findings: ReadFinding[]): void {
  const skipped = Math.max(...slices) - Math.min(...slices) + 1 - slices.length;
  if (skipped === 0) return;
  findings.push({
    code: 'IMAGING_SLICES_WITHOUT_CONTOUR',
    message: `${file}: ${skipped} slices between the first and last contour of ROI "${roi.name}" have none and were left empty`,
  });
}
