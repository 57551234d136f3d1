import { type CardSection, type ModelCard, type TripodLine, tripodSource } from './model-card.js';

/** The card as Markdown, the checklist as its last table. The same card gives the same bytes. */
export function cardMarkdown(card: ModelCard): string {
  const parts = [
    `# ${escaped(card.title)}`,
    ...card.sections.map(sectionText),
    '## TRIPOD+AI',
    escaped(tripodSource),
    tableText(
      ['Item', 'Section', 'What it asks for', 'Answer', 'Where'],
      card.tripod.map((line) => [line.number, line.section, line.asks, ...answerCells(line)]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Answer and place, as the tables of Markdown and of the report show them. */
export function answerCells({ answer }: TripodLine): readonly [string, string] {
  if (answer.status === 'answered') return [answer.text, answer.where];
  return [answer.text, answer.status === 'unknown' ? 'unknown to the run' : 'not applicable'];
}

function sectionText({ title, sentences, table }: CardSection): string {
  const list = sentences.map((sentence) => `- ${escaped(sentence)}`).join('\n');
  const below = table === undefined ? '' : `\n\n${tableText(table.head, table.rows)}`;
  return `## ${escaped(title)}\n\n${list}${below}`;
}

function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Text from data must not become markup. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (c) => `\\${c}`);
}
