import type { LineageReply } from '../../server/replies/store-reply.js';
import { LoadedPart } from '../../session/loaded-part.js';
import { DataTable } from '../../table/data-table.js';
import { digestText, timeText } from './texts.js';

/** Where the rows of a group come from, asked apart, since it goes through the whole history. */
export function LineagePart({ place }: { readonly place: string }) {
  return <LoadedPart path={`${place}/lineage`} title="Lineage" part={LineageTables} />;
}

function LineageTables({ value: { writers, runs, patientJobs } }: { readonly value: LineageReply }) {
  const inputs = writers.flatMap(({ version, pipelineVersion, inputs: own }) =>
    own.map((input) => ({ ...input, version, pipelineVersion })),
  );
  const leftOut = writers.reduce((sum, { inputCount, inputs: own }) => sum + inputCount - own.length, 0);
  return (
    <>
      <p class="hint">
        Every row remembers the program and settings that made it, and the digests of the files it was made from.
      </p>
      <DataTable
        caption="What made the rows"
        columns={[
          { key: 'version', title: 'version', value: ({ version }) => version },
          { key: 'pipeline', title: 'made by', value: ({ pipelineVersion }) => pipelineVersion },
          {
            key: 'digest',
            title: 'settings digest',
            value: ({ settingsDigest }) => settingsDigest,
            show: ({ settingsDigest }) => <code title={settingsDigest}>{digestText(settingsDigest)}</code>,
          },
          { key: 'rows', title: 'rows', value: ({ rows }) => rows },
          { key: 'inputs', title: 'input files', value: ({ inputCount }) => inputCount },
          { key: 'first', title: 'first written (UTC)', value: ({ firstWrite }) => timeText(firstWrite) },
          { key: 'last', title: 'last written (UTC)', value: ({ lastWrite }) => timeText(lastWrite) },
        ]}
        rows={writers}
        rowKey={({ version, pipelineVersion, settingsDigest }) => `${version} ${pipelineVersion} ${settingsDigest}`}
        pageSize={10}
        empty="The group has no row."
      />
      <details>
        <summary>Input files ({inputs.length})</summary>
        {leftOut > 0 && <p class="hint">{leftOut} more are in the column provenance of the group’s history.</p>}
        <DataTable
          caption="Input files"
          columns={[
            { key: 'name', title: 'file or series', value: ({ name }) => name },
            {
              key: 'sha256',
              title: 'SHA-256',
              value: ({ sha256 }) => sha256,
              show: ({ sha256 }) => <code title={sha256}>{digestText(sha256)}</code>,
            },
            { key: 'rows', title: 'rows', value: ({ rows }) => rows },
            { key: 'version', title: 'version', value: ({ version }) => version },
            { key: 'pipeline', title: 'read by', value: ({ pipelineVersion }) => pipelineVersion },
          ]}
          rows={inputs}
          rowKey={({ sha256, version, pipelineVersion }) => `${sha256} ${version} ${pipelineVersion}`}
          pageSize={10}
          empty="The rows do not say what they were made from."
        />
      </details>
      <h3>Runs that wrote or read the group</h3>
      {patientJobs > 0 && <p class="hint">And {patientJobs} imaging jobs, one for each patient, within these runs.</p>}
      <DataTable
        caption="Runs of the group"
        columns={[
          {
            key: 'run',
            title: 'run',
            value: ({ runId }) => runId,
            show: ({ runId }) => <a href={`/studio/runs?id=${runId}`}>{runId}</a>,
          },
          { key: 'did', title: 'did', value: ({ did, status }) => (status === 'failed' ? `${did}, failed` : did) },
          { key: 'kind', title: 'kind', value: ({ kind }) => kind },
          { key: 'name', title: 'what', value: ({ name }) => name },
          { key: 'version', title: 'version', value: ({ version }) => version },
          { key: 'started', title: 'began (UTC)', value: ({ startedAtMs }) => timeText(startedAtMs) },
        ]}
        rows={runs}
        rowKey={({ runId, version }) => `${runId} ${version}`}
        pageSize={10}
        empty="The store remembers no run that touched the group."
      />
    </>
  );
}
