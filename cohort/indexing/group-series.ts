import { byCodePoint, type DicomFile, type DicomSeries, type NotUnderstood } from './cohort-index.js';
import type { DicomObject } from './dicom-object.js';

export interface DicomEntry {
  readonly path: string;
  readonly object: DicomObject;
}

interface Grouped {
  readonly series: readonly DicomSeries[];
  /** Second and later copies of an object. */
  readonly notUnderstood: readonly NotUnderstood[];
}

function groupKey(object: DicomObject): string {
  const { patientId, studyInstanceUid, seriesInstanceUid, modality, sopClassUid } = object;
  return [patientId, studyInstanceUid, seriesInstanceUid, modality, sopClassUid].join('\n');
}

function seriesOf(entries: readonly DicomEntry[]): DicomSeries {
  const { object } = entries[0] as DicomEntry;
  const first = <T>(pick: (object: DicomObject) => T | undefined) =>
    entries.map((entry) => pick(entry.object)).find((value) => value !== undefined);
  const frameOfReferenceUid = first((o) => o.frameOfReferenceUid);
  const seriesDescription = first((o) => o.seriesDescription);
  const studyDate = first((o) => o.studyDate);
  const files: DicomFile[] = entries.map(({ path, object: o }) => ({ path, sopInstanceUid: o.sopInstanceUid }));
  return {
    patientId: object.patientId,
    studyInstanceUid: object.studyInstanceUid,
    seriesInstanceUid: object.seriesInstanceUid,
    modality: object.modality,
    sopClassUid: object.sopClassUid,
    ...(frameOfReferenceUid === undefined ? {} : { frameOfReferenceUid }),
    ...(seriesDescription === undefined ? {} : { seriesDescription }),
    ...(studyDate === undefined ? {} : { studyDate }),
    referencedSeriesUids: [...new Set(entries.flatMap((e) => e.object.referencedSeriesUids))].sort(byCodePoint),
    files,
  };
}

/** @param entries sorted by path; of files that hold the same object (same patient, series and SOP instance) the first counts */
export function groupSeries(entries: readonly DicomEntry[]): Grouped {
  const groups = new Map<string, DicomEntry[]>();
  const firstPath = new Map<string, string>();
  const notUnderstood: NotUnderstood[] = [];
  for (const entry of entries) {
    const key = groupKey(entry.object);
    const copyKey = `${key}\n${entry.object.sopInstanceUid}`;
    const original = firstPath.get(copyKey);
    if (original !== undefined) {
      const reason = `has the same SOPInstanceUID as ${original}, which is used`;
      notUnderstood.push({ path: entry.path, reason, kind: 'unknown' });
      continue;
    }
    firstPath.set(copyKey, entry.path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  const keys = [...groups.keys()].sort(byCodePoint);
  return { series: keys.map((key) => seriesOf(groups.get(key) as DicomEntry[])), notUnderstood };
}
