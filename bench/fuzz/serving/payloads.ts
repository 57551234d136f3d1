import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';

/** Columns of the model under test, with names that mean something elsewhere. */
const columns = ['Age', 'LRIG1', 'PC1', 'features', 'components', '__proto__', 'constructor', 'toString', '', 'x'];

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e300, -1e300, 5e-324, 3.5e38, 2 ** 53, 2 ** 63, -(2 ** 31), 60),
);
/** JSON values as they stand in a text, some of which JSON does not have. */
const literal = fc.constantFrom(
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '-1e999',
  '1e',
  '01',
  '+1',
  '.5',
  '0x10',
  `${'9'.repeat(400)}`,
  '"\\ud800"',
  '"\\u0000"',
  'nul',
  'undefined',
  "'a'",
  '{"a":1,}',
  '[1,]',
  '/* */ 1',
  '9223372036854775808',
);
const value: Arbitrary<string> = fc.oneof(
  number.map(String),
  literal,
  fc.constantFrom('null', 'true', '""', '"60"', '"NA"', '[]', '{}', '[[60]]', '{"Age":{"Age":60}}'),
  fc.jsonValue({ maxDepth: 3 }).map((document) => JSON.stringify(document)),
);
const member = fc.tuple(fc.constantFrom(...columns), value).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
/** A name may stand in it twice. */
const record = fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`);
const list = fc.array(fc.oneof(record, value), { maxLength: 5 }).map((parts) => `[${parts.join(',')}]`);
const deep = fc
  .tuple(
    fc.constantFrom('[', '{"Age":', '[{"a":', '{"instances":[', '"', '[[],'),
    fc.integer({ min: 33, max: 100_000 }),
  )
  .map(([open, depth]) => open.repeat(depth));

/** Bodies of rows in JSON. */
export const jsonBodies: Arbitrary<string> = fc.oneof(
  record,
  list,
  list.map((rows) => `{"instances":${rows}}`),
  fc.tuple(list, value).map(([rows, other]) => `{"instances":${rows},"parameters":${other}}`),
  list.map((rows) => `{"features":${rows}}`),
  fc.tuple(list, value).map(([rows, other]) => `{"data":{"features":{"values":${rows},"keys":${other}}}}`),
  fc.tuple(list, value, value).map(([rows, cases, top]) => `{"records":${rows},"cases":${cases},"top":${top}}`),
  fc.tuple(value, value).map(([cases, top]) => `{"cases":[${cases}],"top":${top}}`),
  value,
  deep,
);

const datatype = fc.constantFrom('FP64', 'FP32', 'INT64', 'UINT8', 'BOOL', 'BYTES', 'FP16', 'FP8', '', '__proto__');
const shape = fc.oneof(
  fc.constantFrom(
    '[1]',
    '[1,8]',
    '[2,8]',
    '[0]',
    '[]',
    '[-1]',
    '[1,1,1]',
    '[4294967296,4294967296]',
    '[1e9,8]',
    '[9007199254740993]',
    '[1.5]',
    '"1"',
    '[null]',
  ),
  value,
);
const tensor = fc
  .tuple(fc.constantFrom(...columns), datatype, shape, fc.oneof(list, value), fc.option(value))
  .map(
    ([name, type, dimensions, data, parameters]) =>
      `{"name":${JSON.stringify(name)},"datatype":"${type}","shape":${dimensions},"data":${data}${
        parameters === null ? '' : `,"parameters":${parameters}`
      }}`,
  );

/** Bodies of the Open Inference Protocol: shapes that do not fit, elements of other types, sizes that overflow. */
export const tensorBodies: Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.array(tensor, { maxLength: 3 }), fc.option(value), fc.option(list))
    .map(
      ([inputs, id, outputs]) =>
        `{"inputs":[${inputs.join(',')}]${id === null ? '' : `,"id":${id}`}${outputs === null ? '' : `,"outputs":${outputs}`}}`,
    ),
  value.map((inputs) => `{"inputs":${inputs}}`),
  deep,
);

const cell = fc.oneof(
  number.map(String),
  fc.constantFrom(
    '',
    'NA',
    'NaN',
    'Infinity',
    '1e999',
    '"',
    '""',
    '"a',
    'a"b',
    '"60"',
    '=1+1',
    '0x1F',
    '1,5',
    '\u0000',
    '\ufeff',
  ),
  fc.string({ unit: 'binary' }),
);
const line = fc.array(cell, { maxLength: 10 }).map((cells) => cells.join(','));

/** Bodies of rows in CSV. */
export const csvBodies: Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      '',
      'Age\n',
      'Age,LRIG1\r\n',
      'Age,Age\n',
      'Age;LRIG1\n',
      '\ufeffAge\n',
      '__proto__\n',
      'PC1,PC2,PC3\n',
    ),
    fc.array(line, { maxLength: 6 }),
    fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\u2028'),
  )
  .map(([header, lines, ending]) => `${header}${lines.join(ending)}`);

/** Bytes that are no UTF-8 text, or another one than they are said to be. */
export const encodedBodies: Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom('Age\n60\n', '{"Age": 60}', '[{"Age": 60}]'),
    fc.nat(9),
    fc.uint8Array({ minLength: 1, maxLength: 50 }),
  )
  .map(([text, how, noise]) => {
    const utf16 = Buffer.from(text, 'utf16le');
    const bytes = Buffer.from(noise);
    const all = [
      utf16,
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      gzipSync(text),
      Buffer.concat([Buffer.from(text), Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf8])]),
      Buffer.from(text.replace('60', '\u0660\u0661')),
      Buffer.from(text.replace('60', '6\u00000')),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf]), Buffer.from(text)]),
      bytes,
      Buffer.concat([Buffer.from(text), bytes]),
    ];
    return all[how] as Buffer;
  });
