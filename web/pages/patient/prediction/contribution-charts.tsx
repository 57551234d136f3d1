import { BarChart } from '../../../charts/bar-chart.js';
import type { AnsweredExplanation } from '../../answer/answers.js';

interface Explained {
  readonly explained: AnsweredExplanation;
  /** What contributions are measured in. */
  readonly scale: string;
}

function startText({ expected }: AnsweredExplanation): string {
  return `Added to what the model expects of nobody in particular, ${expected.toFixed(2)}. Bars to the right raise the risk, bars to the left lower it.`;
}

/** What each modality adds to the answer. */
export function ModalityContributions({ explained, scale }: Explained) {
  return (
    <BarChart
      title="Contribution of each modality"
      description={startText(explained)}
      bars={Object.entries(explained.modalities).map(([label, value]) => ({ label, value }))}
      valueName={scale}
      labelName="modality"
    />
  );
}

/** What the features that count most add, either way, and all others together. */
export function FeatureContributions({ explained, scale }: Explained) {
  const { contributions, others } = explained;
  return (
    <BarChart
      title="Contribution of each feature"
      description={`${startText(explained)} The ${contributions.length} that add most, and all others together.`}
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
  );
}
