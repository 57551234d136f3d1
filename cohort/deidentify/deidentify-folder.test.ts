import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasSharedData, needsSharedData, sharedData } from '../../test/shared-data.js';
import { generateCohort } from '../generate/generate-cohort.js';
import { indexCohort } from '../indexing/index-cohort.js';
import { checkFolder } from './check-folder.js';
import { deidentifyFolder } from './deidentify-folder.js';
import { readOrMakeKey, readPatientIds } from './key-and-ids.js';

const secret = Buffer.from('a secret of this test, long enough to be one');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'thoracle-deidentify-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const dicomFiles = (folder: string) =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.dcm')).sort();

describe('a cohort', () => {
  let out: string;
  let source: string;

  beforeAll(async () => {
    source = join(root, 'cohort');
    out = join(root, 'out');
    await generateCohort({ patients: 2, seed: 3, out: source });
    await deidentifyFolder(source, out, { retain: [], secret });
  });

  test('its series still belong together: same numbers of files, segmentation tied to its CT', async () => {
    const [before, after] = [await indexCohort(source), await indexCohort(out)];
    const shape = (index: typeof before) =>
      index.series.map((s) => `${s.modality} ${s.files.length} ${s.referencedSeriesUids.length}`).sort();
    expect(shape(after)).toEqual(shape(before));
    const uids = new Set(after.series.map((s) => s.seriesInstanceUid));
    for (const series of after.series) for (const uid of series.referencedSeriesUids) expect(uids).toContain(uid);
    expect(after.patients.length).toBe(2);
  });

  test('the check fails on the original, passes on the result; the report names no original', async () => {
    const before = await checkFolder(source, { retain: [] });
    expect(before.findings.map(({ tag }) => tag)).toContain('(0010,0020)');
    expect(await checkFolder(out, { retain: [] })).toMatchObject({ findings: [], unreadable: [] });
    const report = readFileSync(join(out, 'deidentification-report.json'), 'utf8');
    const index = await indexCohort(source);
    for (const { patientId, seriesInstanceUid, files } of index.series) {
      for (const original of [patientId, seriesInstanceUid, ...files.map((f) => f.path)])
        expect(report).not.toContain(original);
    }
    expect(JSON.parse(report)).toMatchObject({ patients: 2, failed: 0, heldBack: 0, notDicom: 3 });
  });

  test('the same key gives the same bytes, file by file', async () => {
    await deidentifyFolder(source, join(root, 'again'), { retain: [], secret });
    const files = dicomFiles(out);
    expect(dicomFiles(join(root, 'again'))).toEqual(files);
    for (const file of files) expect(readFileSync(join(root, 'again', file))).toEqual(readFileSync(join(out, file)));
  });

  test('a broken file is told and does not stop the others; an output that is in use is refused', async () => {
    const [first] = (await indexCohort(source)).series.flatMap((s) => s.files.map((f) => f.path)) as [string];
    const path = join(source, first);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 600));
    const result = await deidentifyFolder(source, join(root, 'partly'), { retain: [], secret });
    writeFileSync(path, whole);
    expect(result.report).toMatchObject({ failed: 1, written: dicomFiles(out).length - 1 });
    expect(result.problems).toEqual([{ file: first, reason: expect.stringMatching(/reaches|breaks off/) }]);
    await expect(deidentifyFolder(source, out, { retain: [], secret })).rejects.toMatchObject({
      code: 'COHORT_OUT_NOT_EMPTY',
    });
  });
});

describe('key and ids', () => {
  test('a key is made once, for its owner alone; a short one is refused', async () => {
    const file = join(root, 'key');
    const first = await readOrMakeKey(file);
    expect(first.made).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readOrMakeKey(file)).toEqual({ secret: first.secret, made: false });
    writeFileSync(join(root, 'short'), 'abc');
    await expect(readOrMakeKey(join(root, 'short'))).rejects.toMatchObject({ code: 'COHORT_KEY_TOO_SHORT' });
  });

  test.each([
    ['Jane,R01-001\n', 'first line'],
    ['original,new\nA,R01-001\nA,R01-002\n', 'row 3 repeats an original'],
    ['original,new\nA,R01-001\nB,R01-001\n', 'row 3 repeats a new'],
    ['original,new\nA,R\\1\n', 'new id of row 2'],
    ['original,new\nA,\n', 'new id of row 2'],
    ['original,new\n"A,\n', 'no CSV'],
  ])('a table of ids is checked: %j', async (text, expected) => {
    const file = join(root, 'ids.csv');
    writeFileSync(file, text);
    await expect(readPatientIds(file)).rejects.toThrow(expected);
  });
});

describe.skipIf(!hasSharedData)(`real files ${needsSharedData}`, () => {
  test.each(['nsclc-radiomics-lung1-001', 'dicom-segmentations'])(
    '%s: nothing is found afterwards, and every pixel is the byte it was',
    async (name) => {
      const out = join(root, name);
      const { report } = await deidentifyFolder(sharedData(name), out, { retain: [], secret });
      expect(report.failed).toBe(0);
      expect(report.written).toBeGreaterThan(20);
      expect((await checkFolder(out, { retain: [] })).findings).toEqual([]);
      const pixelsOf = (path: string) => {
        const bytes = readFileSync(path);
        const { x7fe00010: pixels, x00280010: rows } = dicomParser.parseDicom(bytes).elements;
        return pixels === undefined || rows === undefined
          ? 'none'
          : bytes.subarray(pixels.dataOffset, pixels.dataOffset + pixels.length).toString('latin1');
      };
      const before = (readdirSync(sharedData(name), { recursive: true }) as string[]).filter((file) => {
        const path = sharedData(`${name}/${file}`);
        return statSync(path).isFile() && readFileSync(path).toString('latin1', 128, 132) === 'DICM';
      });
      const originals = before.map((file) => pixelsOf(sharedData(`${name}/${file}`))).sort();
      expect(
        dicomFiles(out)
          .map((file) => pixelsOf(join(out, file)))
          .sort(),
      ).toEqual(originals);
      expect(existsSync(join(out, 'deidentification-report.json'))).toBe(true);
    },
  );
});
