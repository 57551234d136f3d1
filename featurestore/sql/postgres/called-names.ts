/**
 * The pieces of a text of SQL in PostgreSQL's order of reading (its documentation, "Lexical Structure"): what is no code (comments, literals,
 * dollar-quoted texts), then names, then any other character. A `$` within a name belongs to the name, and what stands in a quoted name is name.
 */
const piece =
  /(--[^\n\r]*|\/\*(?:[^*]|\*(?!\/))*\*\/|'(?:[^']|'')*'|\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$)|("(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*)|\s+|[\s\S]/gy;

/** The names in a statement, as the catalogue has them. */
export interface SqlNames {
  /** Tables, columns, functions, key words: all. */
  readonly all: readonly string[];
  /** Those that an opening parenthesis follows: functions, types, key words. */
  readonly called: readonly string[];
}

/** Names of a statement that `isUnreadable` does not refuse. */
export function namesOf(sql: string): SqlNames {
  const all: string[] = [];
  const called: string[] = [];
  let last: string | undefined;
  for (const { name, sign } of codeOf(sql)) {
    if (name !== undefined) all.push(name);
    if (sign === '(' && last !== undefined) called.push(last);
    last = name;
  }
  return { all, called };
}

/** Names and other signs, in their order; a literal counts as a sign, comments and white space are left out. */
function* codeOf(sql: string): Generator<{ readonly name?: string; readonly sign?: string }> {
  piece.lastIndex = 0;
  for (let match = piece.exec(sql); match !== null; match = piece.exec(sql)) {
    const [text, silent, name] = match;
    if (name !== undefined) yield { name: nameOf(name) };
    else if (silent === undefined) {
      if (text.trim() !== '') yield { sign: text };
    } else if (silent.startsWith('$')) {
      const end = sql.indexOf(silent, piece.lastIndex);
      piece.lastIndex = end < 0 ? sql.length : end + silent.length;
      yield { sign: '$' };
    } else if (silent.startsWith("'")) yield { sign: "'" };
  }
}

function nameOf(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}

/** Whether a text has forms that `namesOf` does not read: nested comments, names by code point, a backslash before a quote in `E'…'`. */
export function isUnreadable(sql: string): boolean {
  return /\/\*(?:[^*]|\*(?!\/))*\/\*/.test(sql) || /\bU&["']/i.test(sql) || (/[eE]'/.test(sql) && /\\'/.test(sql));
}
