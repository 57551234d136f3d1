import { basename } from 'node:path';
import { chooseSegmentation, type SeriesRecord } from '../dicom/choose-segmentation.js';
import { readBytes } from '../dicom/read-files.js';
import { imagingError } from '../errors.js';
import type { Volume } from '../volume/volume.js';
import { dicomSeriesIn } from './dicom-folder.js';

/**
 * The segmentation of an image in a folder: the one that is asked for; a lone SEG or RTSTRUCT, which has to fit; among
 * several, the one that names the image's series, else the one of its frame of reference. Copies of one file count once.
 * @param asked SeriesInstanceUID, series description or file name
 * @throws ImagingError SEGMENTATION_NONE; SEGMENTATION_SEVERAL, SEGMENTATION_ABSENT with the list
 */
export async function segmentationIn(folder: string, volume: Volume, asked: string | undefined): Promise<string> {
  const series = await withoutCopies(await dicomSeriesIn(folder));
  const all = series.filter((s) => s.modality === 'SEG' || s.modality === 'RTSTRUCT');
  const narrowed = asked === undefined ? all : all.flatMap((s) => matching(s, asked));
  if (asked !== undefined && all.length > 0 && narrowed.length === 0) {
    throw imagingError('SEGMENTATION_ABSENT', asked, all.map(describe).join('; '));
  }
  const files = narrowed.flatMap((s) => s.files);
  if (files.length === 1) return files[0] as string;
  return chooseSegmentation(narrowed, {
    seriesInstanceUid: volume.dicom?.seriesInstanceUid ?? '',
    frameOfReferenceUid: volume.frameOfReferenceUid,
  }).file;
}

/** The series, whole when its UID or description is asked for, else with only the file of that name. */
function matching(series: SeriesRecord, asked: string): SeriesRecord[] {
  if (series.seriesInstanceUid === asked || series.seriesDescription === asked) return [series];
  const files = series.files.filter((file) => basename(file) === asked);
  return files.length === 0 ? [] : [{ ...series, files }];
}

const describe = (series: SeriesRecord): string =>
  `${series.modality} "${series.seriesDescription ?? ''}" (series ${series.seriesInstanceUid}, ${series.files.join(', ')})`;

/** Archives hand out the same object more than once: of files of one series with the same bytes, the first is kept. */
async function withoutCopies(series: readonly SeriesRecord[]): Promise<readonly SeriesRecord[]> {
  return Promise.all(
    series.map(async (record) => {
      if (record.files.length < 2 || (record.modality !== 'SEG' && record.modality !== 'RTSTRUCT')) return record;
      const contents = await Promise.all(record.files.map(async (file) => Buffer.from(await readBytes(file))));
      const files = record.files.filter((_, i) => contents.findIndex((c) => c.equals(contents[i] as Buffer)) === i);
      return { ...record, files };
    }),
  );
}
