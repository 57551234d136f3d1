import { readDicomBytes, textValue } from '../deidentify/dicom-bytes.js';
import {
  connectionReason,
  PassingFailure,
  type Politeness,
  politely,
  request,
  requestText,
} from '../download/polite-request.js';
import { CohortError, cohortErrors } from '../errors.js';
import { NotDicomError } from '../indexing/dicom-scan.js';
import { multipartBodies } from './multipart.js';

/** A DICOMweb service, and how it is asked. */
export interface DicomWebService {
  /** Base address, as `https://pacs.example/dicom-web`. */
  readonly url: string;
  /** Authorization header. */
  readonly authorization?: string;
  readonly politeness: Politeness;
}

/** A series that a query found. */
export interface FoundSeries {
  readonly patientId: string;
  readonly modality: string;
  readonly studyUid: string;
  readonly seriesUid: string;
}

const pageSize = 200;
type JsonObject = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>;

const firstValue = (object: JsonObject, tag: string) => String(object[tag]?.Value?.[0] ?? '');
const isUid = (text: string) => /^[0-9][0-9.]{0,63}$/.test(text);

function badAnswer(url: string, what: string): never {
  throw new CohortError('COHORT_DOWNLOAD_BAD_ANSWER', cohortErrors.COHORT_DOWNLOAD_BAD_ANSWER(url, what));
}

function headers(service: DicomWebService, accept: string): Record<string, string> {
  return { accept, ...(service.authorization !== undefined && { authorization: service.authorization }) };
}

/** All answers of a query, page by page; a server that ignores offsets repeats itself, which ends it too. */
async function query(
  service: DicomWebService,
  path: string,
  filter: Readonly<Record<string, string>>,
  key: string,
): Promise<readonly JsonObject[]> {
  const found = new Map<string, JsonObject>();
  for (let offset = 0; ; offset += pageSize) {
    const parameters = new URLSearchParams({ ...filter, limit: String(pageSize), offset: String(offset) });
    const url = `${service.url}${path}?${parameters}`;
    const text = await requestText(url, { headers: headers(service, 'application/dicom+json') }, service.politeness);
    const page = parsePage(url, text);
    const before = found.size;
    for (const object of page) {
      if (!isUid(firstValue(object, key))) badAnswer(url, 'an entry without UID');
      found.set(firstValue(object, key), object);
    }
    if (page.length < pageSize || found.size === before) return [...found.values()];
  }
}

function parsePage(url: string, text: string): readonly JsonObject[] {
  // No content is an empty answer (PS3.18 section 8.3.4.4).
  if (text.trim() === '') return [];
  try {
    const page: unknown = JSON.parse(text);
    if (Array.isArray(page)) return page as JsonObject[];
  } catch {
    // Said below, as for any other answer that is no list.
  }
  return badAnswer(url, 'no list in DICOM JSON');
}

/**
 * Series that match (QIDO-RS, PS3.18 section 10.6), sorted by patient and UID.
 * @param filter attribute keywords and values, as `PatientID`
 * @throws CohortError COHORT_DOWNLOAD_FAILED, COHORT_DOWNLOAD_BAD_ANSWER
 */
export async function findSeries(
  service: DicomWebService,
  filter: Readonly<Record<string, string>>,
): Promise<readonly FoundSeries[]> {
  const wanted = { ...filter, includefield: 'PatientID,Modality' };
  const objects = await query(service, '/series', wanted, '0020000E');
  const series = objects.map((object) => ({
    patientId: firstValue(object, '00100020'),
    modality: firstValue(object, '00080060'),
    studyUid: firstValue(object, '0020000D'),
    seriesUid: firstValue(object, '0020000E'),
  }));
  for (const { studyUid } of series)
    if (!isUid(studyUid)) badAnswer(`${service.url}/series`, 'a series without its study');
  const order = (s: FoundSeries) => `${s.patientId} ${s.seriesUid}`;
  return series.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Instance UIDs of a series, sorted. @throws CohortError as findSeries */
export async function findInstances(
  service: DicomWebService,
  { studyUid, seriesUid }: FoundSeries,
): Promise<readonly string[]> {
  const path = `/studies/${studyUid}/series/${seriesUid}/instances`;
  return (await query(service, path, {}, '00080018')).map((object) => firstValue(object, '00080018')).sort();
}

/**
 * One object as the server stores it (WADO-RS, PS3.18 section 10.4), whole and with the UID that was asked for.
 * @throws CohortError COHORT_DOWNLOAD_FAILED
 */
export function retrieveInstance(service: DicomWebService, series: FoundSeries, instanceUid: string): Promise<Buffer> {
  const url = `${service.url}/studies/${series.studyUid}/series/${series.seriesUid}/instances/${instanceUid}`;
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  return politely(url, service.politeness, async () => {
    const signal = AbortSignal.timeout(service.politeness.idleMs);
    const response = await request(url, { headers: headers(service, accept), signal }, [200]);
    let body: Buffer;
    try {
      body = Buffer.from(await response.arrayBuffer());
    } catch (error) {
      throw new PassingFailure(connectionReason(error), undefined, { cause: error });
    }
    const object = multipartBodies(response.headers.get('content-type') ?? '', body)?.[0];
    if (object === undefined) throw new PassingFailure('no whole multipart answer arrived');
    checkObject(object, instanceUid);
    return object;
  });
}

function checkObject(object: Buffer, instanceUid: string): void {
  try {
    const { elements, bytes } = readDicomBytes(object);
    const uid = elements.find(({ tag }) => tag === 0x00080018);
    if (uid !== undefined && textValue(bytes, uid) === instanceUid) return;
  } catch (error) {
    if (!(error instanceof NotDicomError)) throw error;
    throw new PassingFailure(`what arrived is no whole DICOM object: ${error.message}`, undefined, { cause: error });
  }
  throw new PassingFailure('another object than the one asked for arrived');
}
