import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputNames } from './input-names.js';
import { parseJsonRecords } from './json-records.js';
import { recordRows } from './json-rows.js';
import { readInputRows } from './read-rows.js';
import { plainRecords } from './record-scanner.js';

const featureNames = ['Age', 'T1', 'T10', 'T', 'Größe', 'a"b', 'c\\d', 'tab\t', '', '\u{1F600}', '__proto__', '\ud800'];
const names = inputNames(featureNames, ['PC1', 'PC2']);
const scan = (text: string): Float64Array | undefined => plainRecords(Buffer.from(text), names.features, 1e6);
const row = (values: Readonly<Record<string, number>>): Float64Array =>
  Float64Array.from(featureNames, (name) => (Object.hasOwn(values, name) ? (values[name] as number) : Number.NaN));

/** What the way through objects makes of a text: rows, or the code of its error. */
function throughObjects(text: string): unknown {
  try {
    return recordRows(parseJsonRecords(text), names);
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

function throughBoth(text: string): unknown {
  try {
    return readInputRows(Buffer.from(text), 'json', names);
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

describe('plain records', () => {
  test.each([
    ['one', '{"Age":60,"T":-1.5}', row({ Age: 60, T: -1.5 })],
    ['white space, another order, null', ' { "T" :\t2e-3 ,\r\n"Age": null , "Größe":0} ', row({ T: 0.002, Größe: 0 })],
    ['names that begin alike', '{"T10":3,"T":2,"T1":1}', row({ T10: 3, T: 2, T1: 1 })],
    ['the empty name, and one beyond the plane', '{"":1,"\u{1F600}":2}', row({ '': 1, '\u{1F600}': 2 })],
    ['missing, then there', '{"Age":null,"Age":7}', row({ Age: 7 })],
  ])('%s', (_what, text, expected) => {
    expect(scan(text)).toEqual(expected);
    expect(throughObjects(text)).toEqual({ kind: 'features', rows: expected });
  });

  test('lists, bare and as instances', () => {
    const expected = Float64Array.from([...row({ Age: 1 }), ...row({ T: 2 }), ...row({ Age: 3 })]);
    const list = '[{"Age":1},{"T":2} , {"Age":3}]';
    expect(scan(list)).toEqual(expected);
    expect(scan(` {"instances" : ${list} } `)).toEqual(expected);
    expect(plainRecords(Buffer.from(list), names.features, 2 * featureNames.length)).toBeUndefined();
  });

  test.each([
    ['other names', '{"Age":1,"Weight":2}'],
    ['components', '{"PC1":1}'],
    ['a name twice', '{"Age":1,"Age":2}'],
    ['a name with escapes', '{"A\\u0067e":1}'],
    ['a name that needs escapes', '{"c\\d":1}'],
    ['a name that holds a control character', '{"tab\t":1}'],
    ['text', '{"Age":"1"}'],
    ['true', '{"Age":true}'],
    ['a list', '{"Age":[1]}'],
    ['nothing', '{}'],
    ['nulls', '{"Age":null}'],
    ['no records', '[]'],
    ['a list of lists', '[[1,2]]'],
    ['plus', '{"Age":+1}'],
    ['a zero in front', '{"Age":01}'],
    ['minus and a zero in front', '{"Age":-01}'],
    ['no digit before the dot', '{"Age":.5}'],
    ['no digit after the dot', '{"Age":5.}'],
    ['a dot before the exponent', '{"Age":5.e1}'],
    ['no exponent', '{"Age":5e}'],
    ['overflow', '{"Age":1e999}'],
    ['not a number', '{"Age":NaN}'],
    ['half a null', '{"Age":nul}'],
    ['a comma too many', '{"Age":1,}'],
    ['a comma too many in a list', '[{"Age":1},]'],
    ['more behind it', '{"Age":1}{'],
    ['more beside instances', '{"instances":[{"Age":1}],"a":1}'],
    ['an end too early', '{"Age":1'],
    ['no colon', '{"Age" 1}'],
    ['no text', ''],
    ['a space that is none of JSON', '{\u00a0"Age":1}'],
  ])('anything else is left alone: %s', (_what, text) => {
    expect(scan(text)).toBeUndefined();
    expect(throughBoth(text)).toEqual(throughObjects(text));
  });

  test('whatever is read is what the way through objects reads', () => {
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('Age', 'T1', 'T10', 'T', 'Größe') },
      fc.constantFrom(...featureNames),
      fc.constantFrom('PC1', 'instances', 'features', 'x'),
    );
    const number = fc.oneof(
      fc.double().map(String),
      fc.integer().map(String),
      fc.float().map((x) => x.toFixed(5)),
      fc.constantFrom('null', '1e5', '-0', '0.10', '1E+2', '12345678901234567890', '00', '"1"', '{}', '-', '1.'),
    );
    const blank = fc.constantFrom('', '', '', ' ', '\n');
    const member = fc
      .tuple(name, number, blank, blank)
      .map(([n, v, a, b]) => `${a}${JSON.stringify(n)}${b}:${a}${v}${b}`);
    const record = fc
      .uniqueArray(member, { maxLength: 4, selector: (text) => text.split(':')[0] })
      .map((members) => `{${members.join(',')}}`);
    const document = fc.oneof(
      record,
      fc.array(record, { maxLength: 4 }).map((records) => `[${records.join(', ')}]`),
      fc.array(record, { maxLength: 4 }).map((records) => `{"instances":[${records.join()}]}`),
    );
    const damaged = fc
      .tuple(document, fc.nat(), fc.constantFrom('', ',', '"', '}', '0', '\\', '\u0000', 'e', '.'))
      .map(([text, at, by]) => `${text.slice(0, at % (text.length + 1))}${by}${text.slice(at % (text.length + 1))}`);
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(document, damaged), (text) => {
        const expected = throughObjects(text);
        expect(throughBoth(text), text).toEqual(expected);
        const rows = scan(text);
        if (rows === undefined) return;
        read++;
        expect(expected, text).toEqual({ kind: 'features', rows });
      }),
      { seed: 6, numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(400);
  });
});
