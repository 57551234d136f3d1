import { answerCells, type CardSection, type ModelCard, tripodSource } from '../../card/index.js';
import { type Html, html, nothing } from '../page/html.js';
import { foldedTable, table } from '../page/table.js';

/** The model card and the filled TRIPOD+AI checklist. */
export function cardSection(card: ModelCard | undefined): Html {
  if (card === undefined) return nothing;
  const counts = { answered: 0, unknown: 0, 'not applicable': 0 };
  for (const { answer } of card.tripod) counts[answer.status]++;
  return html`<section aria-labelledby="card">
<h2 id="card">Model card</h2>
${card.sections.map(part)}
<h3>TRIPOD+AI</h3>
<p>${tripodSource} ${counts.answered} answered by the run, ${counts['not applicable']} not applicable, ${counts.unknown} for the authors.</p>
${foldedTable('The checklist', {
  caption: 'TRIPOD+AI, filled by the run',
  head: ['Item', 'Section', 'What it asks for', 'Answer', 'Where'],
  rows: card.tripod.map((line) => [line.number, line.section, line.asks, ...answerCells(line)]),
})}
</section>`;
}

function part({ title, sentences, table: content }: CardSection): Html {
  const below = content === undefined ? nothing : table({ caption: title, ...content });
  return html`<h3>${title}</h3>
<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${below}`;
}
