/** Markup that is safe to put on the page. Only `html` and `trusted` make it. */
export class Html {
  constructor(readonly text: string) {}
}

export type HtmlValue = string | number | Html | readonly Html[];

/** Template of markup: every string and number put into it is escaped, `Html` is taken as it is. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((out, part, i) => out + (i === 0 ? '' : render(values[i - 1] ?? '')) + part, ''));
}

/** Text that this program wrote itself (a picture, a style sheet). Never for anything that comes from data. */
export function trusted(text: string): Html {
  return new Html(text);
}

export const nothing = new Html('');

function render(value: HtmlValue): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map((item) => item.text).join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For element content and quoted attributes. Characters that XML forbids become the replacement character. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => entities[c] as string);
}

/** Text without control characters and lone surrogates, which have no place in a document. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD');
}
