import { useState } from 'preact/hooks';
import type { JobRequest, JobStage } from '../../server/replies/job-reply.js';

const stages: readonly (readonly [JobStage, string])[] = [
  ['clinical', 'Clinical records'],
  ['genomic', 'Gene expression'],
  ['imaging', 'CT images with segmentation'],
];

/** What to run. */
export function JobForm({ onStart }: { readonly onStart: (request: JobRequest) => Promise<void> }) {
  const [chosen, setChosen] = useState<readonly JobStage[]>(stages.map(([stage]) => stage));
  const [genes, setGenes] = useState<JobRequest['genes']>('metagenes');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    await onStart({ stages: chosen, genes });
    setBusy(false);
  };
  const toggle = (stage: JobStage) =>
    setChosen(chosen.includes(stage) ? chosen.filter((other) => other !== stage) : [...chosen, stage]);
  return (
    <form class="job-form" onSubmit={submit}>
      <fieldset>
        <legend>Read</legend>
        {stages.map(([stage, text]) => (
          <label key={stage}>
            <input type="checkbox" checked={chosen.includes(stage)} onChange={() => toggle(stage)} /> {text}
          </label>
        ))}
      </fieldset>
      <label>
        Genes{' '}
        <select value={genes} onChange={({ currentTarget }) => setGenes(currentTarget.value as JobRequest['genes'])}>
          <option value="metagenes">21 metagenes</option>
          <option value="all">all</option>
        </select>
      </label>
      <button type="submit" class="main" disabled={busy || chosen.length === 0}>
        Start
      </button>
    </form>
  );
}
