import { deflateRawSync, inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { loadConfidentialityProfile, type RetainOption } from './confidentiality-profile.js';
import { deidentifyObject } from './deidentify-object.js';
import { createPseudonyms, shiftDate, shiftDateTime } from './pseudonyms.js';

/**
 * An object that carries every kind of identifier, in each transfer syntax and both forms of sequences. It is written by
 * the few lines below and read back by dicom-parser, so the code under test neither makes nor judges it.
 */
interface Form {
  readonly syntax: string;
  readonly explicit: boolean;
  readonly big?: boolean;
  readonly open?: boolean;
}

type Value = string | Buffer | readonly (readonly Field[])[];
type Field = readonly [tag: number, vr: string, value: Value];

const long = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

function head(form: Form, tag: number, vr: string | undefined, length: number): Buffer {
  const bytes = Buffer.alloc(vr !== undefined && long.has(vr) ? 12 : 8);
  const u16 = (v: number, at: number) => (form.big ? bytes.writeUInt16BE(v, at) : bytes.writeUInt16LE(v, at));
  const u32 = (v: number, at: number) => (form.big ? bytes.writeUInt32BE(v, at) : bytes.writeUInt32LE(v, at));
  u16(tag >>> 16, 0);
  u16(tag & 0xffff, 2);
  if (vr === undefined) u32(length, 4);
  else {
    bytes.write(vr, 4, 'latin1');
    if (long.has(vr)) u32(length, 8);
    else u16(length, 6);
  }
  return bytes;
}

function element(form: Form, [tag, vr, value]: Field): Buffer {
  const shown = form.explicit ? vr : undefined;
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) {
    const items = (value as readonly (readonly Field[])[]).map((fields) => {
      const content = Buffer.concat(fields.map((field) => element(form, field)));
      if (!form.open) return Buffer.concat([head(form, 0xfffee000, undefined, content.length), content]);
      return Buffer.concat([
        ...[head(form, 0xfffee000, undefined, 0xffffffff), content],
        head(form, 0xfffee00d, undefined, 0),
      ]);
    });
    const content = Buffer.concat(items);
    if (!form.open) return Buffer.concat([head(form, tag, shown, content.length), content]);
    return Buffer.concat([...[head(form, tag, shown, 0xffffffff), content], head(form, 0xfffee0dd, undefined, 0)]);
  }
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const even = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  return Buffer.concat([head(form, tag, shown, even.length), even]);
}

const pixels = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 37) % 251));
const metaForm: Form = { syntax: '', explicit: true };

function dicomFile(form: Form, fields: readonly Field[], metaFields: readonly Field[] = []): Buffer {
  const meta = Buffer.concat(
    (
      [
        [0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
        [0x00020003, 'UI', '1.3.6.1.4.1.99.1.3'],
        [0x00020010, 'UI', form.syntax],
        ...metaFields,
      ] as const
    ).map((field) => element(metaForm, field)),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32LE(meta.length);
  const body = Buffer.concat(fields.map((field) => element(form, field)));
  const packed = form.syntax.endsWith('.99') ? deflateRawSync(body) : body;
  return Buffer.concat([
    Buffer.alloc(128, 'Secret^Preamble '),
    Buffer.from('DICM'),
    ...[element(metaForm, [0x00020000, 'UL', size]), meta, packed],
  ]);
}

const identifying: readonly Field[] = [
  [0x00080005, 'CS', 'ISO_IR 100'],
  [0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
  [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
  [0x00080018, 'UI', '1.3.6.1.4.1.99.1.3'],
  [0x00080020, 'DA', '20190403'],
  [0x00080022, 'DA', '20190405'],
  [0x0008002a, 'DT', '20190405101112.5+0100'],
  [0x00080030, 'TM', '101112'],
  [0x00080050, 'SH', 'ACC-7788991'],
  [0x00080060, 'CS', 'CT'],
  [0x00080070, 'LO', 'Maker of scanners'],
  [0x00080080, 'LO', 'Hospital of Somewhere'],
  [0x00080090, 'PN', 'Referrer^Rita'],
  [0x00081010, 'SH', 'STATION9'],
  [0x00081030, 'LO', 'CT of Doe^Jane'],
  [
    0x00081140,
    'SQ',
    [
      [
        [0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
        [0x00081155, 'UI', '1.3.6.1.4.1.99.1.2'],
      ],
    ],
  ],
  [0x00100010, 'PN', 'Doe^Jane^Q'],
  [0x00100020, 'LO', 'HOSP-12345'],
  [0x00100030, 'DA', '19510203'],
  [0x00100040, 'CS', 'F'],
  [0x00101000, 'LO', 'OTHER-99'],
  [0x00101010, 'AS', '068Y'],
  [0x00104000, 'LT', 'Jane lives in Somewhere'],
  [0x00180010, 'LO', 'contrast for Jane'],
  [0x00181000, 'LO', 'SERIAL-4711'],
  [0x00181210, 'SH', 'B30f'],
  [0x00181400, 'LO', 'processed by Rita'],
  [0x00190010, 'LO', 'GEMS_ACQU_01'],
  [0x00191023, 'DS', '12.5'],
  [0x00191030, 'LO', 'Jane in a private element'],
  [0x0020000d, 'UI', '1.3.6.1.4.1.99.1'],
  [0x0020000e, 'UI', '1.3.6.1.4.1.99.1.1'],
  [0x00200010, 'SH', 'STUDY-55'],
  [0x00200052, 'UI', '1.3.6.1.4.1.99.7'],
  [0x00204000, 'LT', 'comment on Jane'],
  [0x00280010, 'US', Buffer.from([8, 0])],
  // Not in the table: a person's name, and texts that repeat what was removed.
  [0x00400100, 'SQ', [[[0x00400006, 'PN', 'Operator^Olaf']], [[0x00400007, 'LO', 'step of HOSP-12345']]]],
  [0x0040a067, 'PN', 'Author^Anna'],
  [0x00540400, 'SH', 'of HOSP-12345 here'],
  [0x60000010, 'US', Buffer.from([8, 0])],
  [0x60003000, 'OW', Buffer.from('overlay with Jane ')],
  [0x7fe00010, 'OW', pixels],
];
const secrets =
  /jane|doe|rita|olaf|anna|hosp-12345|other-99|acc-7788991|hospital|station9|serial-4711|study-55|1\.3\.6\.1\.4\.1\.99|19510203|20190403|20190405|preamble|ae_title/i;

const policy = (...retain: RetainOption[]) => ({ profile: loadConfidentialityProfile(), retain: new Set(retain) });
const pseudonyms = createPseudonyms(Buffer.from('a secret of this test, long enough'));

const forms: readonly (readonly [string, Form])[] = [
  ['explicit little endian', { syntax: '1.2.840.10008.1.2.1', explicit: true }],
  ['explicit, sequences of undefined length', { syntax: '1.2.840.10008.1.2.1', explicit: true, open: true }],
  ['implicit little endian', { syntax: '1.2.840.10008.1.2', explicit: false }],
  ['implicit, sequences of undefined length', { syntax: '1.2.840.10008.1.2', explicit: false, open: true }],
  ['explicit big endian', { syntax: '1.2.840.10008.1.2.2', explicit: true, big: true }],
  ['deflated', { syntax: '1.2.840.10008.1.2.1.99', explicit: true }],
];

/** dicom-parser, with Node's zlib for the deflated transfer syntax. */
function parse(bytes: Buffer): dicomParser.DataSet {
  // It reads what comes back from its first byte on.
  const inflater = (all: Uint8Array, from: number) => inflateRawSync(all.slice(from));
  return dicomParser.parseDicom(bytes, { inflater } as dicomParser.ParseDicomOptions);
}

/** Every element at every depth, by dicom-parser: tag and the bytes of its value. */
function walk(dataSet: dicomParser.DataSet, visit: (tag: string, bytes: Buffer) => void): void {
  for (const [tag, found] of Object.entries(dataSet.elements)) {
    for (const item of found.items ?? []) if (item.dataSet) walk(item.dataSet, visit);
    if (found.items === undefined) {
      visit(tag.slice(1), Buffer.from(dataSet.byteArray.slice(found.dataOffset, found.dataOffset + found.length)));
    }
  }
}

describe.each(forms)('%s', (_, form) => {
  const made = deidentifyObject(dicomFile(form, identifying, [[0x00020016, 'AE', 'AE_TITLE']]), policy(), pseudonyms);
  const read = parse(made.bytes);
  const values = new Map<string, Buffer>();
  walk(read, (tag, bytes) => values.set(tag, bytes));
  // dicom-parser gives places in other bytes for the meta information of a deflated file.
  const meta = made.bytes.toString('latin1', 132, 450);
  const text = (tag: string) =>
    values
      .get(tag)
      ?.toString('latin1')
      .replace(/[\0 ]+$/, '');

  test('an independent reader finds no identifier in any element, and none is in the bytes', () => {
    for (const [tag, bytes] of values) expect(`${tag} ${bytes.toString('latin1')}`).not.toMatch(secrets);
    expect(made.bytes.toString('latin1')).not.toMatch(secrets);
    expect(made.bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect([...values.keys()].some((tag) => Number.parseInt(tag.slice(0, 4), 16) % 2 === 1)).toBe(false);
  });

  test('no attribute of the profile holds its original value', () => {
    const original = new Map<string, Buffer>();
    walk(parse(dicomFile(form, identifying)), (tag, bytes) => original.set(tag, bytes));
    for (const row of loadConfidentialityProfile().rows) {
      const before = original.get(row.tag.toLowerCase());
      if (before !== undefined && before.length > 0) expect(values.get(row.tag.toLowerCase())).not.toEqual(before);
    }
  });

  test('pixels and what the image needs are the bytes that they were', () => {
    expect(values.get('7fe00010')).toEqual(pixels);
    expect(text('00080008')).toBe('ORIGINAL\\PRIMARY\\AXIAL');
    expect(text('00181210')).toBe('B30f');
    expect(text('00080070')).toBe('Maker of scanners');
    expect(meta).toContain(form.syntax);
  });

  test('references point to the new UIDs, and the file says what was done', () => {
    expect(text('00081155')).toBe(pseudonyms.uid('1.3.6.1.4.1.99.1.2'));
    expect(text('00080018')).toBe(pseudonyms.uid('1.3.6.1.4.1.99.1.3'));
    expect(meta).toContain(text('00080018'));
    expect(text('00081150')).toBe('1.2.840.10008.5.1.4.1.1.2');
    expect(text('00120062')).toBe('YES');
    expect(text('00280303')).toBe('REMOVED');
    expect(read.elements.x00120064?.items?.[0]?.dataSet?.string('x00080100')).toBe('113100');
    expect(text('00100010')).toBe(text('00100020'));
    expect(text('00100020')).toMatch(/^P-[0-9A-F]{12}$/);
    expect(text('00540400')).toBe('');
  });
});

describe('options', () => {
  const form: Form = { syntax: '1.2.840.10008.1.2.1', explicit: true };
  const values = (...retain: RetainOption[]) => {
    const { bytes } = deidentifyObject(dicomFile(form, identifying), policy(...retain), pseudonyms);
    return parse(bytes);
  };

  test('each keeps its attributes and nothing else, and is named in the file', () => {
    expect(values('dates').string('x00080020')).toBe('20190403');
    expect(values('dates').string('x00280303')).toBe('UNMODIFIED');
    expect(values('dates').string('x00100030')).toBeUndefined();
    expect(values('patient').string('x00101010')).toBe('068Y');
    expect(values('patient').string('x00100040')).toBe('F');
    expect(values('device').string('x00181000')).toBe('SERIAL-4711');
    expect(values('institution').string('x00080080')).toBe('Hospital of Somewhere');
    expect(values('uids').string('x0020000d')).toBe('1.3.6.1.4.1.99.1');
    expect(values('uids').string('x00020003')).toBe('1.3.6.1.4.1.99.1.3');
    expect(values('safe-private').string('x00191023')).toBe('12.5');
    expect(values('safe-private').string('x00190010')).toBe('GEMS_ACQU_01');
    expect(values('safe-private').string('x00191030')).toBeUndefined();
    const codes = values('patient', 'device').elements.x00120064?.items?.map((i) => i.dataSet?.string('x00080100'));
    expect(codes).toEqual(['113100', '113109', '113108']);
  });

  test('moved dates keep their distances, and clock times', () => {
    const moved = values('shifted-dates');
    const day = (tag: string) => {
      const text = moved.string(tag) ?? '';
      const [y, m, d] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number) as [number, number, number];
      return Date.UTC(y, m - 1, d) / 86_400_000;
    };
    expect(day('x00080022') - day('x00080020')).toBe(2);
    expect(day('x00080020') - Date.UTC(2019, 3, 3) / 86_400_000).toBe(pseudonyms.dayShift('HOSP-12345'));
    expect(moved.string('x0008002a')?.slice(8)).toBe('101112.5+0100');
    expect(moved.string('x00080030')).toBe('101112');
    expect(moved.string('x00280303')).toBe('MODIFIED');
  });

  test('dates cross month, leap day and century; text that is no date does not pass', () => {
    expect(shiftDate('20000301', -1)).toBe('20000229');
    expect(shiftDate('19000301', -1)).toBe('19000228');
    expect(shiftDate('2019.04.03', 1)).toBe('20190404');
    expect(shiftDate('20190231', 1)).toBeUndefined();
    expect(shiftDateTime('2019', 1)).toBeUndefined();
  });

  test('another secret gives other ids; a chosen id is taken', () => {
    const other = createPseudonyms(Buffer.from('another secret of this test, also long'));
    expect(other.patientId('HOSP-12345')).not.toBe(pseudonyms.patientId('HOSP-12345'));
    expect(other.uid('1.2.3')).not.toBe(pseudonyms.uid('1.2.3'));
    expect(pseudonyms.uid('1.2.3')).toMatch(/^2\.25\.[1-9]\d{1,38}$/);
    expect(createPseudonyms(Buffer.alloc(32), new Map([['A', 'R01-001']])).patientId('A')).toBe('R01-001');
  });
});

describe('what cannot be de-identified', () => {
  const form: Form = { syntax: '1.2.840.10008.1.2.1', explicit: true };
  const refuse = (bytes: Buffer) => () => deidentifyObject(bytes, policy(), pseudonyms);
  const whole = dicomFile(form, identifying);

  test('files that break off anywhere, and files without identity, are refused with a sentence', () => {
    for (let length = 140; length < whole.length - 1; length += 97) {
      expect(refuse(whole.subarray(0, length))).toThrow(/breaks off|reaches|missing|no DICOM|representation|beyond/);
    }
    expect(refuse(Buffer.from('Case ID,Age\nR01-001,34\n'.repeat(20)))).toThrow('it is no DICOM file');
    const withoutSeries = identifying.filter(([tag]) => tag !== 0x0020000e);
    expect(refuse(dicomFile(form, withoutSeries))).toThrow('series UID is missing');
    const noise = Buffer.concat([whole.subarray(0, 300), Buffer.alloc(40, 0xfe)]);
    expect(refuse(noise)).toThrow();
  });

  test('burned-in names are told from the file’s own word, its class and its kind', () => {
    const judged = (...more: Field[]) =>
      deidentifyObject(
        dicomFile(
          form,
          [...identifying.filter(([tag]) => !more.some(([m]) => m === tag)), ...more].sort((a, b) => a[0] - b[0]),
        ),
        policy(),
        pseudonyms,
      ).burnedIn;
    expect(judged()).toBe('no');
    expect(judged([0x00280301, 'CS', 'YES'])).toBe('yes');
    expect(judged([0x00080060, 'CS', 'US'])).toBe('suspected');
    expect(judged([0x00080060, 'CS', 'US'], [0x00280301, 'CS', 'NO'])).toBe('no');
    expect(judged([0x00080008, 'CS', 'DERIVED\\SECONDARY\\SCREEN SAVE'])).toBe('suspected');
  });
});
