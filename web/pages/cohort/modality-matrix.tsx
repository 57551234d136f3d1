import { Figure } from '../../charts/figure.js';
import type { CellState, ModalitiesReply } from '../../server/replies/cohort-reply.js';

const step = 9;
const size = 7;
const perLine = 120;
const labelWidth = 130;
/** With more, a cell would be smaller than it can be told from its neighbour; the table has them all. */
const mostPatients = 2400;

/** Squares, crosses, frames and dots: one path for each state, whatever the number of patients. */
const shapes: Readonly<Record<CellState, (x: number, y: number) => string>> = {
  present: (x, y) => `M${x},${y}h${size}v${size}h${-size}z`,
  failed: (x, y) => `M${x},${y}l${size},${size}M${x + size},${y}l${-size},${size}`,
  files: (x, y) => `M${x + 0.75},${y + 0.75}h${size - 1.5}v${size - 1.5}h${1.5 - size}z`,
  missing: (x, y) => `M${x + 2.5},${y + 2.5}h2v2h-2z`,
};
const order: readonly CellState[] = ['present', 'failed', 'files', 'missing'];

/** The whole cohort at a glance: a column for each patient, a row for each kind of data. */
export function ModalityMatrix({ modalities, patients }: Pick<ModalitiesReply, 'modalities' | 'patients'>) {
  const drawn = patients.slice(0, mostPatients);
  const columns = Math.min(perLine, drawn.length);
  const lineHeight = modalities.length * step + 22;
  const lines = Math.ceil(drawn.length / perLine);
  const paths: Record<CellState, string> = { present: '', failed: '', files: '', missing: '' };
  for (const [p, { cells }] of drawn.entries()) {
    const x = labelWidth + (p % perLine) * step;
    const top = 26 + Math.floor(p / perLine) * lineHeight;
    for (const [row, { state }] of cells.entries()) paths[state] += shapes[state](x, top + row * step);
  }
  const said = modalities.map(
    ({ title, counts }) =>
      `${title}: ${counts.present} present, ${counts.failed} failed, ${counts.files} files only, ${counts.missing} missing`,
  );
  return (
    <Figure
      title="Patients by kind of data"
      description={`A column for each of ${drawn.length} patients by id, a row for each kind of data. ${said.join('. ')}.`}
      numbers={{
        titles: ['data', 'present', 'failed', 'files only', 'missing'],
        rows: modalities.map(({ title, counts }) => [title, ...order.map((state) => counts[state])]),
      }}
      width={Math.max(560, labelWidth + columns * step + 8)}
      height={26 + lines * lineHeight}
    >
      <Legend />
      {Array.from({ length: lines }, (_, line) => (
        <g key={line} class="axis">
          {modalities.map(({ name, title }, row) => (
            <text
              key={name}
              x={labelWidth - 8}
              y={26 + line * lineHeight + row * step + size}
              text-anchor="end"
              class="small"
            >
              {title}
            </text>
          ))}
          <text x={labelWidth} y={26 + line * lineHeight + modalities.length * step + 10} class="small">
            {drawn[line * perLine]?.patientId}
          </text>
        </g>
      ))}
      {order.map((state) => (
        <path key={state} class={`cell cell-${state}`} d={paths[state]} />
      ))}
    </Figure>
  );
}

function Legend() {
  const names: Readonly<Record<CellState, string>> = {
    present: 'present',
    failed: 'failed',
    files: 'files, no features',
    missing: 'missing',
  };
  return (
    <g>
      {order.map((state, i) => (
        <g key={state} transform={`translate(${labelWidth + i * 100},4)`}>
          <path class={`cell cell-${state}`} d={shapes[state](0, 2)} />
          <text x={12} y={9} class="small">
            {names[state]}
          </text>
        </g>
      ))}
    </g>
  );
}
