/** One piece of a text. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

const heading = /^(#{1,6})\s+(.*)$/;
const bullet = /^\s*[-*]\s+(.*)$/;
const numbered = /^\s*\d+[.)]\s+(.*)$/;
const tableRule = /^\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?$/;

/** The part of Markdown that model cards are written in: headings, paragraphs, lists, tables and code; all else is text. */
export function blocksOf(markdown: string): readonly Block[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): readonly [Block | undefined, number] {
  const line = lines[at] ?? '';
  if (line.trim() === '') return [undefined, at + 1];
  const title = heading.exec(line);
  if (title !== null) return [{ kind: 'heading', level: title[1]?.length ?? 1, text: title[2] ?? '' }, at + 1];
  if (line.startsWith('```')) {
    const end = endOf(lines, at + 1, (one) => !one.startsWith('```'));
    return [{ kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1];
  }
  if (line.includes('|') && tableRule.test(lines[at + 1] ?? '')) {
    const end = endOf(lines, at + 2, (one) => one.includes('|'));
    return [{ kind: 'table', head: cellsOf(line), rows: lines.slice(at + 2, end).map(cellsOf) }, end];
  }
  for (const [mark, ordered] of [
    [bullet, false],
    [numbered, true],
  ] as const) {
    if (!mark.test(line)) continue;
    const end = endOf(lines, at, (one) => mark.test(one));
    return [{ kind: 'list', ordered, items: lines.slice(at, end).map((one) => mark.exec(one)?.[1] ?? '') }, end];
  }
  const end = endOf(lines, at + 1, (one) => one.trim() !== '' && !heading.test(one) && !bullet.test(one));
  return [{ kind: 'paragraph', text: lines.slice(at, end).join(' ') }, end];
}

function endOf(lines: readonly string[], from: number, goesOn: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && goesOn(lines[end] ?? '')) end++;
  return end;
}

/** Cells between bars; a bar after a backslash is a character. */
function cellsOf(line: string): readonly string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
