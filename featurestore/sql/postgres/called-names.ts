/** A piece of SQL that is not code: comments, literals, dollar-quoted texts. */
const notCode =
  /--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([A-Za-z_][A-Za-z0-9_]*)?\$[\s\S]*?\$\1\$/g;

const call = /("(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*)\s*\(/g;

/** Names (as the catalogue has them) of everything that is followed by an opening parenthesis: functions, types, keywords. */
export function calledNames(sql: string): string[] {
  const code = sql.replace(notCode, ' ');
  return [...code.matchAll(call)].map(([, name = '']) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}

/** Whether a text has forms that `calledNames` does not read: nested comments, identifiers by code point. */
export function isUnreadable(sql: string): boolean {
  return /\/\*(?:[^*]|\*(?!\/))*\/\*/.test(sql) || /\bU&["']/i.test(sql);
}
