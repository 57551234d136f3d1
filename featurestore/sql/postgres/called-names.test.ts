import { describe, expect, test } from 'vitest';
import { isUnreadable, namesOf } from './called-names.js';

describe('names that a statement calls', () => {
  test.each<readonly [string, readonly string[]]>([
    ['SELECT pg_sleep(1)', ['pg_sleep']],
    ['SELECT PG_Sleep /* x */ -- y\n (1)', ['pg_sleep']],
    ['SELECT pg_catalog."pg_sleep"(1)', ['pg_sleep']],
    ['SELECT "Odd ""name"(1)', ['Odd "name']],
    ["SELECT 'pg_sleep(1)', $$pg_sleep(1)$$, $a$ $$ pg_sleep(1) $a$", []],
    ['SELECT 1 -- pg_sleep(1)\n', []],
    // what looks like a comment or a text within a name hides nothing
    ['SELECT 1 AS "--", pg_sleep(1)', ['pg_sleep']],
    ['SELECT 1 AS "/*", pg_sleep(1) AS "*/"', ['pg_sleep']],
    [`SELECT 1 AS "'", pg_sleep(1) AS "'"`, ['pg_sleep']],
    ['SELECT 1 AS a$x$, pg_sleep(1) AS b$x$', ['pg_sleep']],
    ['SELECT "a" , pg_sleep(1) AS "(b"', ['pg_sleep']],
    ["SELECT '\"', pg_sleep(1), '\"'", ['pg_sleep']],
    ['SELECT $1$$, pg_sleep(1)$$', []],
    ['SELECT a.b, (c), d IN (1), f(g(2))', ['in', 'f', 'g']],
  ])('%s', (sql, called) => {
    expect(isUnreadable(sql)).toBe(false);
    expect(namesOf(sql).called).toEqual(called);
  });

  test.each(['SELECT /* /* */ */ 1', 'SELECT U&"\\0061"', "SELECT E'a'\n'\\' , ' pg_sleep(1)"])(
    'not read at all: %s',
    (sql) => expect(isUnreadable(sql)).toBe(true),
  );
});
