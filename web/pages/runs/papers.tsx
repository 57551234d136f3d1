import type { ShownChecklistLine, ShownManifest } from '../../server/replies/runs-reply.js';
import { DataTable } from '../../table/data-table.js';
import { Curves } from './curves.js';
import { Markdown } from './markdown.js';
import { intervalText, metricNames } from './texts.js';

/** A version as it is shown. */
export interface ShownVersion {
  readonly name: string;
  readonly manifest: ShownManifest;
  /** Where the numbers of its curves are. */
  readonly reportPath: string;
}

/** What is known of a model: facts, metrics beside the baseline, warnings, curves, card and TRIPOD+AI. Card and checklist are of the first version. */
export function Papers({
  versions,
  card,
  checklist,
}: {
  readonly versions: readonly ShownVersion[];
  readonly card: string | null;
  readonly checklist: readonly ShownChecklistLine[] | null;
}) {
  const [first] = versions;
  const of = versions.length > 1 && first !== undefined ? ` of ${first.name}` : '';
  return (
    <>
      {versions.map(({ name, manifest }) => (
        <Facts key={name} name={versions.length > 1 ? name : undefined} manifest={manifest} />
      ))}
      <h4>Metrics</h4>
      <Metrics versions={versions} />
      <h4>Curves</h4>
      <Curves of={versions.map(({ name, reportPath }) => ({ name, path: reportPath }))} />
      <h4>Model card{of}</h4>
      {card === null ? (
        <p class="empty">The model came without a card.</p>
      ) : (
        <details>
          <summary>Read the card</summary>
          <Markdown text={card} under={4} name="Card" />
        </details>
      )}
      <h4>TRIPOD+AI{of}</h4>
      {checklist === null ? (
        <p class="empty">This server cannot fill in the checklist.</p>
      ) : (
        <DataTable
          caption="TRIPOD+AI checklist"
          columns={[
            { key: 'number', title: 'Item', value: ({ number }) => number },
            { key: 'section', title: 'Section', value: ({ section }) => section },
            { key: 'asks', title: 'Asks', value: ({ asks }) => asks },
            { key: 'status', title: 'Status', value: ({ answer }) => answer.status },
            { key: 'answer', title: 'Answer', value: ({ answer }) => answer.text },
            { key: 'where', title: 'Where', value: ({ answer }) => answer.where ?? null },
          ]}
          rows={checklist}
          rowKey={({ number }) => number}
          pageSize={10}
        />
      )}
    </>
  );
}

function Facts({ name, manifest }: { readonly name: string | undefined; readonly manifest: ShownManifest }) {
  const { recipe, task, trainedOn, lineage, warnings } = manifest;
  const groups = lineage.groups.map((group) => `${group.name} ${group.version}`).join(', ');
  return (
    <>
      <p>
        {name !== undefined && <strong>{name}: </strong>}
        {task.kind === 'survival' ? 'Survival over time' : 'Survival status'}, recipe {recipe}, fitted on{' '}
        {trainedOn.patients} patients ({trainedOn.events} deaths), {trainedOn.modalities.join(', ') || 'no modality'}.
        Groups: {groups || 'not known'}. Thoracle {lineage.thoracleVersion}, seed {trainedOn.seed}, dataset{' '}
        <code>{trainedOn.datasetDigest.slice(0, 12) || 'not known'}</code>.
      </p>
      {warnings.length > 0 && (
        <ul class="warnings" aria-label={`Warnings${name === undefined ? '' : ` of ${name}`}`}>
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Metrics({ versions }: { readonly versions: readonly ShownVersion[] }) {
  const names = [...new Set(versions.flatMap(({ manifest }) => Object.keys(manifest.metrics)))];
  return (
    <DataTable
      caption="Metrics beside the baseline"
      columns={[
        { key: 'metric', title: 'Metric', value: (name) => metricNames[name] ?? name },
        ...versions.flatMap(({ name: version, manifest: { metrics, baseline } }) => {
          const prefix = versions.length > 1 ? `${version}: ` : '';
          return [
            {
              key: `${version} value`,
              title: `${prefix}model (95 % interval)`,
              value: (name: string) => intervalText(metrics[name]),
            },
            {
              key: `${version} baseline`,
              title: `${prefix}baseline (95 % interval)`,
              value: (name: string) => intervalText(baseline[name]),
            },
          ];
        }),
      ]}
      rows={names}
      rowKey={(name) => name}
      empty="The model came without metrics."
    />
  );
}
