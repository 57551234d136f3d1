import type { ComponentChildren } from 'preact';
import { type Block, blocksOf } from './blocks.js';

/**
 * A text in Markdown. What it holds becomes text of the page and nothing else: no markup, no link, no picture.
 * @param under level of the heading that the text stands under
 */
export function Markdown({
  text,
  under,
  name,
}: {
  readonly text: string;
  readonly under: number;
  readonly name: string;
}) {
  return (
    <div class="card-text">
      {blocksOf(text).map((block, index) => (
        <BlockView key={index} block={block} under={under} name={name} />
      ))}
    </div>
  );
}

function BlockView({ block, under, name }: { readonly block: Block; readonly under: number; readonly name: string }) {
  if (block.kind === 'heading') {
    const Heading = `h${Math.min(6, under + block.level)}` as 'h4';
    return <Heading>{inline(block.text)}</Heading>;
  }
  if (block.kind === 'code') return <pre>{block.text}</pre>;
  if (block.kind === 'paragraph') return <p>{inline(block.text)}</p>;
  if (block.kind === 'table') return <TableView block={block} name={name} />;
  const List = block.ordered ? 'ol' : 'ul';
  return (
    <List>
      {block.items.map((item) => (
        <li key={item}>{inline(item)}</li>
      ))}
    </List>
  );
}

function TableView({ block, name }: { readonly block: Block & { readonly kind: 'table' }; readonly name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section class="table-scroll" aria-label={`${name}: ${block.head.join(', ')}`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {block.head.map((cell) => (
              <th key={cell} scope="col">
                {inline(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row) => (
            <tr key={row.join('|')}>
              {row.map((cell, column) => (
                <td key={block.head[column]}>{inline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Bold and code; everything between stands as it is. */
function inline(text: string): ComponentChildren {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, index) => {
    if (/^\*\*[^*]+\*\*$/.test(part)) return <strong key={index}>{part.slice(2, -2)}</strong>;
    if (/^`[^`]+`$/.test(part)) return <code key={index}>{part.slice(1, -1)}</code>;
    return part;
  });
}
