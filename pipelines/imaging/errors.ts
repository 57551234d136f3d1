/**
 * Every way an image, a segmentation or a radiomics setting can be refused. Codes are stable; messages are one sentence
 * that says what was found and what was expected. They never hold a patient's name or birth date.
 */
export const imagingErrors = {
  // Files
  FILE_UNREADABLE: (file: string, why: string) => `${file} cannot be read: ${why}`,
  FILE_NOT_RECOGNISED: (file: string, expected: string) =>
    `${file} is not recognised by its content: expected ${expected}`,

  // DICOM, one file
  DICOM_UNREADABLE: (file: string, why: string) => `${file} cannot be read as DICOM: ${why}`,
  DICOM_TRUNCATED: (file: string, found: number, expected: number) =>
    `${file} is cut off: its pixel data needs ${expected} bytes and ${found} are there`,
  DICOM_TAG_MISSING: (file: string, tag: string) => `${file} has no ${tag}, which is needed`,
  DICOM_TAG_INVALID: (file: string, tag: string, found: string, expected: string) =>
    `${file}: ${tag} is "${found}", expected ${expected}`,
  DICOM_TRANSFER_SYNTAX: (file: string, uid: string, name: string) =>
    `${file} has the transfer syntax ${uid} (${name}), which is not supported: decompress it to Explicit VR Little Endian first`,
  DICOM_PIXELS: (file: string, why: string) => `${file}: its compressed pixels cannot be read: ${why}`,
  DICOM_KIND: (file: string, found: string, expected: string) => `${file} is ${found}, expected ${expected}`,

  // DICOM, a series
  SERIES_EMPTY: (where: string) => `No DICOM image was found in ${where}`,
  SERIES_SEVERAL: (where: string, list: string) =>
    `${where} holds more than one image series, expected exactly one: ${list}`,
  SERIES_ABSENT: (where: string, asked: string, list: string) =>
    `${where} holds no image series "${asked}"; it has ${list}`,
  SERIES_MIXED: (what: string, fileA: string, a: string, fileB: string, b: string) =>
    `The slices of a series differ in ${what}: ${fileA} has ${a}, ${fileB} has ${b}`,
  SERIES_DUPLICATE_POSITION: (z: string, fileA: string, fileB: string) =>
    `Two slices lie at the same position ${z} mm along the slice normal: ${fileA} and ${fileB}`,
  SERIES_UNEVEN_SPACING: (gaps: string, usual: string, tolerance: string) =>
    `Slices are not evenly spaced: ${gaps}, while the usual distance is ${usual} mm (tolerance ${tolerance} mm); is a slice missing?`,
  SERIES_TILTED: (file: string, shift: string, tolerance: string) =>
    `The slices do not lie straight above each other (gantry tilt?): ${file} is shifted sideways by ${shift} mm (tolerance ${tolerance} mm)`,
  SERIES_NO_SPACING: (file: string) =>
    `${file} is the only slice and has no positive SliceThickness to take the slice distance from`,

  // Segmentations
  SEGMENTATION_NONE: (why: string) => `No segmentation fits the image: ${why}`,
  SEGMENTATION_SEVERAL: (list: string) => `More than one segmentation fits the image, choose one: ${list}`,
  SEGMENTATION_ABSENT: (asked: string, list: string) => `There is no segmentation "${asked}"; there is ${list}`,
  FRAME_OF_REFERENCE_DIFFERS: (file: string, found: string, expected: string) =>
    `${file} has the frame of reference ${found}, the image has ${expected}: they do not share a space`,
  SEG_SEGMENT_NOT_CHOSEN: (file: string, list: string) => `${file} holds several segments, choose one: ${list}`,
  SEG_SEGMENT_ABSENT: (file: string, asked: string, list: string) => `${file} has no segment ${asked}; it has ${list}`,
  SEG_GRID: (file: string, why: string) => `${file} cannot be placed on the image: ${why}`,
  MASK_OUTSIDE_IMAGE: (file: string, label: string, where: string) =>
    `${file}: part of "${label}" lies outside the image (${where})`,
  RTSTRUCT_ROI_NOT_CHOSEN: (file: string, list: string) => `${file} holds several ROIs, choose one: ${list}`,
  RTSTRUCT_ROI_ABSENT: (file: string, asked: string, list: string) => `${file} has no ROI ${asked}; it has ${list}`,
  RTSTRUCT_CONTOUR: (file: string, roi: string, why: string) => `${file}: a contour of ROI "${roi}" ${why}`,
  RTSTRUCT_NO_CONTOUR: (file: string, roi: string, ignored: number) =>
    `${file}: ROI "${roi}" has no closed contour${ignored > 0 ? `: its ${ignored} contour(s) enclose no area (points, open lines, fewer than 3 points)` : ''}`,
  MASK_EMPTY: (file: string, label: string) => `${file}: "${label}" has no voxel on the image's grid`,
  MASK_LABEL_ABSENT: (file: string, label: number, list: string) =>
    `${file} has no voxel of label ${label}; labels present: ${list}`,
  MASK_NOT_GIVEN: (image: string) => `${image} is one file, so the mask must be given too; only a folder can hold both`,
  MASK_OPTION: (file: string, option: string, kind: string) =>
    `${file} is ${kind}, to which the option "${option}" does not apply`,
  GRID_DIFFERS: (file: string, what: string, found: string, expected: string) =>
    `${file} is not on the image's grid: its ${what} is ${found}, the image's is ${expected}`,

  // NIfTI and NRRD
  NIFTI_INVALID: (file: string, why: string) => `${file} is not a NIfTI file that can be read: ${why}`,
  NRRD_INVALID: (file: string, why: string) => `${file} is not an NRRD file that can be read: ${why}`,
  AFFINE_SINGULAR: (found: string) => `The voxel axes do not span space: ${found}`,

  // Radiomics
  RADIOMICS_MASK_EMPTY: (label: string) => `The region "${label}" holds no voxel`,
  RADIOMICS_NOT_FINITE: (value: string, index: string) =>
    `The image is ${value} at voxel ${index} inside the region: every voxel of the region must be a number`,
  RADIOMICS_SINGLE_VOXEL: (label: string) => `The region "${label}" is a single voxel, for which no feature is defined`,
  RADIOMICS_TOO_FEW_DIMENSIONS: (label: string, found: number, least: number) =>
    `The region "${label}" extends over ${found} dimension(s), expected at least ${least} (minimumROIDimensions)`,
  RADIOMICS_TOO_SMALL: (label: string, found: number, least: number) =>
    `The region "${label}" has ${found} voxels, expected more than ${least} (minimumROISize)`,
  RADIOMICS_RESEGMENTED_AWAY: (label: string, left: number) =>
    `Re-segmentation leaves ${left} voxel(s) of the region "${label}": at least 2 are needed`,
  RADIOMICS_NO_PAIRS: (distances: string) =>
    `No two voxels of the region are neighbours at distance ${distances}, so there is no co-occurrence matrix`,
  RADIOMICS_NO_RUNS: () =>
    'No line of voxels in any direction holds two voxels of the region, so there is no run length matrix',
  RADIOMICS_SHAPE2D: (why: string) =>
    `shape2D needs force2D and a region that is one voxel thick across force2Ddimension, but ${why}`,
  RADIOMICS_TOO_MANY_LEVELS: (found: number, most: number) =>
    `The region has ${found} different grey levels after binning, at most ${most} are supported: use a larger binWidth`,
  RADIOMICS_BIN_WIDTH: (width: number, levels: string) =>
    `A binWidth of ${width} is too narrow for the values of the region (${levels}): use a larger binWidth`,
  RADIOMICS_FILTER_SIZE: (filter: string, axis: string, found: number, least: number) =>
    `The image is too small for ${filter}: it has ${found} voxels along ${axis}, expected at least ${least}`,
  RADIOMICS_FILTER_RANGE: (filter: string) => `The image is 0 everywhere, so its ${filter} image is not defined`,
  RADIOMICS_FILTER_NOT_FINITE: (image: string, value: string, index: string) =>
    `The ${image} image is ${value} at voxel ${index} inside the region: is a voxel near it not a number, or a value too large?`,
  RADIOMICS_NAME_TOO_LONG: (column: string, found: number, most: number) =>
    `The column "${column}" has ${found} characters, of which a store takes ${most}: write sigma with fewer digits`,
  RADIOMICS_FLAT_IMAGE: () => 'The image has one value everywhere, so it cannot be normalised',
  RADIOMICS_NOT_A_NUMBER: (feature: string) => `The feature "${feature}" is not a number for this region`,

  // Feature maps
  MAPS_CLASS: (found: string, known: string) => `The feature class "${found}" has no maps; classes with maps: ${known}`,
  MAPS_IMAGE_TYPE: (found: string) =>
    `Feature maps are made of the original image only; the settings also name the image type "${found}"`,
  MAPS_FOLDER: (folder: string, why: string) => `Feature maps cannot be written to ${folder}: ${why}`,

  // IBSI mode
  IBSI_MASK_VANISHED: (label: string) =>
    `No voxel of the region "${label}" is left on the grid it was interpolated to: use smaller voxels or a lower maskThreshold`,
  IBSI_RESEGMENTED_AWAY: (label: string) =>
    `Re-segmentation leaves no voxel of the region "${label}": expected intensities within its range`,
  IBSI_LEVELS: (value: number, rule: string) =>
    `The intensity ${value} is no grey level ${rule}: expected whole numbers from 1, at most 16777216`,

  // Radiomics settings
  SETTINGS_UNREADABLE: (file: string, why: string) => `${file} is not a parameter file: ${why}`,
  SETTINGS_UNKNOWN: (file: string, what: string, name: string, hint: string) =>
    `${file}: ${what} "${name}" is not known${hint}`,
  SETTINGS_MISSING: (file: string, name: string, expected: string) =>
    `${file}: "${name}" is missing and has no default, since it changes the values: expected ${expected}`,
  SETTINGS_NOT_SUPPORTED: (file: string, what: string, name: string) =>
    `${file}: ${what} "${name}" is known to PyRadiomics but not supported yet`,
  SETTINGS_NOT_PER_IMAGE_TYPE: (file: string, name: string, imageType: string) =>
    `${file}: "${name}" holds for all image types, so "${imageType}" cannot have its own: put it into the section "setting"`,
  SETTINGS_VALUE: (file: string, name: string, found: string, expected: string) =>
    `${file}: "${name}" is ${found}, expected ${expected}`,

  // Precomputed radiomics tables
  TABLE_UNREADABLE: (file: string, why: string) => `${file} cannot be read as CSV: ${why}`,
  TABLE_NO_ID: (file: string, expected: string) => `${file} has no id column: expected one named ${expected}`,
  TABLE_SEVERAL_IDS: (file: string, found: string) => `${file} has more than one id column: ${found}`,
  TABLE_NO_FEATURES: (file: string) => `${file} has no column named original_<class>_<feature>`,
  TABLE_NO_ROWS: (file: string) => `${file} has a header but no rows`,
  TABLE_DUPLICATE_COLUMN: (file: string, column: string) => `${file} has more than one column "${column}"`,
  TABLE_EMPTY_ID: (file: string, row: number, column: string) => `${file}, line ${row}: "${column}" is empty`,
  TABLE_DUPLICATE_ID: (file: string, row: number, id: string, first: number) =>
    `${file}, line ${row}: the id "${id}" was there already in line ${first}`,
  TABLE_NOT_NUMERIC: (file: string, row: number, column: string, found: string) =>
    `${file}, line ${row}, column "${column}": "${found}" is not a number`,
} as const;

export type ImagingErrorCode = keyof typeof imagingErrors;

/** An image, segmentation or setting that is refused, with its code from {@link imagingErrors}. */
export class ImagingError extends Error {
  constructor(
    readonly code: ImagingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImagingError';
  }
}

/** The error of a code with the catalogue's message: `throw imagingError('MASK_EMPTY', file, label)`. */
export function imagingError<C extends ImagingErrorCode>(
  code: C,
  ...details: Parameters<(typeof imagingErrors)[C]>
): ImagingError {
  const message = imagingErrors[code] as (...values: readonly (string | number)[]) => string;
  return new ImagingError(code, message(...details.map((d) => (typeof d === 'string' ? printable(d) : d))));
}

/** A damaged file may hold anything where a name should be: one line of at most 2,000 characters, none of them a control. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');
  return line.length > 2000 ? `${line.slice(0, 2000)}…` : line;
}
