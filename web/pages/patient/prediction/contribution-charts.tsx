import { BarChart } from '../../../charts/bar-chart.js';
import type { ExplainedCase } from './answers.js';

/** What the answer is made of: by modality, and by the features that add most either way. */
export function ContributionCharts({
  explained,
  scale,
}: {
  readonly explained: ExplainedCase;
  readonly scale: string;
}) {
  const { modalities, contributions, others, expected } = explained;
  const start = `Added to what the model expects of nobody in particular, ${expected.toFixed(2)}. Bars to the right raise the risk, bars to the left lower it.`;
  return (
    <>
      <BarChart
        title="Contribution of each modality"
        description={start}
        bars={Object.entries(modalities).map(([label, value]) => ({ label, value }))}
        valueName={scale}
        labelName="modality"
      />
      <BarChart
        title="Contribution of each feature"
        description={`${start} The ${contributions.length} that add most, and all others together.`}
        bars={[
          ...contributions.map(({ feature, modality, value, contribution }) => ({
            label: `${feature} = ${value === null ? 'missing' : Number(value.toPrecision(4))}`,
            value: contribution,
            kind: modality,
          })),
          { label: 'all others', value: others, kind: 'others' },
        ]}
        valueName={scale}
        labelName="feature"
      />
    </>
  );
}
