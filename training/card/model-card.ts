import type { BundleManifest, Estimate } from '../bundle/index.js';
import type { ReportData } from '../report/report-data.js';
import {
  type CardFacts,
  columnsByGroup,
  inputCount,
  isImported,
  leakyColumns,
  stepsInWords,
  taskInWords,
  thresholdInWords,
} from './card-facts.js';
import type { TripodAnswer } from './tripod-answer.js';
import { answerOf, tripodItems } from './tripod-items.js';

/** One part of a card: sentences, then a table where there is one. */
export interface CardSection {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** One line of the filled checklist. */
export interface TripodLine {
  readonly number: string;
  readonly section: string;
  readonly asks: string;
  readonly answer: TripodAnswer;
}

/** A model card as plain values: written as Markdown, and as a part of the report. */
export interface ModelCard {
  readonly title: string;
  readonly modelId: string;
  readonly sections: readonly CardSection[];
  /** TRIPOD+AI, filled by the run. */
  readonly tripod: readonly TripodLine[];
}

/** Where the checklist comes from. */
export const tripodSource =
  'TRIPOD+AI checklist: Collins GS et al., BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378. Items are worded by this project.';

/**
 * Writes the card of a model: what it is for, data, metrics with intervals, warnings, limits, and the TRIPOD+AI checklist. The
 * same model and report give the same card.
 * @param report of its training; undefined for a model that was made elsewhere
 * @see Mitchell et al., FAT* 2019, doi:10.1145/3287560.3287596
 */
export function modelCard(manifest: BundleManifest, report: ReportData | undefined): ModelCard {
  const facts: CardFacts = { manifest, report };
  return {
    title: report?.title ?? `Model ${manifest.modelId.slice(0, 12)}`,
    modelId: manifest.modelId,
    sections: [
      { title: 'Intended use', sentences: intendedUse(facts) },
      { title: 'Data', sentences: dataSentences(facts), ...modalityTable(report) },
      { title: 'Model', sentences: modelSentences(facts) },
      { title: 'Metrics', sentences: metricSentences(facts), ...metricTable(manifest) },
      {
        title: 'Warnings',
        sentences: manifest.warnings.length === 0 ? ['None.'] : manifest.warnings,
      },
      { title: 'Limits', sentences: limits(facts) },
    ],
    tripod: tripodItems.map((item) => {
      const { number, section, asks } = item;
      return { number, section, asks, answer: answerOf(item, facts) };
    }),
  };
}

function intendedUse(facts: CardFacts): readonly string[] {
  const always = 'Research software, not a medical device: not for diagnosis, treatment or any other clinical use.';
  if (isImported(facts))
    return [
      always,
      `Trained elsewhere; what it is for its makers state. Its margin is answered as ${taskInWords(facts)}.`,
    ];
  return [
    always,
    `What it predicts: ${taskInWords(facts)}, for patients with resected non-small-cell lung cancer, from what was known at surgery.`,
    'For researchers who compare models, methods and features. Not for single patients, other tumours, other treatments or other outcomes.',
  ];
}

function dataSentences(facts: CardFacts): readonly string[] {
  const { trainedOn, lineage } = facts.manifest;
  const groups = lineage.groups.map(({ name, version }) => `${name} version ${version}`).join(', ');
  const leaks = leakyColumns(facts);
  return [
    trainedOn.patients === 0
      ? 'Trained elsewhere: its patients are not known.'
      : `Fitted on ${trainedOn.patients} patients, of whom ${trainedOn.events} died; inputs: ${columnsByGroup(facts)}.`,
    ...(groups === '' ? [] : [`Feature groups: ${groups}. Dataset ${trainedOn.datasetDigest}.`]),
    isImported(facts)
      ? 'The roles of its columns are not known: whether one of them tells what came after surgery cannot be said.'
      : leaks.length === 0
        ? 'No column from after surgery and no outcome is among the inputs, by the roles that the columns have.'
        : `Information from after surgery is among the inputs (${leaks.join(', ')}): the metrics say nothing about prediction.`,
  ];
}

function modalityTable(report: ReportData | undefined): Pick<CardSection, 'table'> {
  if (report === undefined) return {};
  const rows = report.dataset.perModality.map(({ name, patients, features }) => [
    name,
    String(patients),
    String(features),
  ]);
  return { table: { head: ['Modality', 'Patients with a record', 'Features'], rows } };
}

function modelSentences(facts: CardFacts): readonly string[] {
  const { manifest } = facts;
  return [
    `Recipe "${manifest.recipe}", seed ${manifest.trainedOn.seed}; steps before the model: ${stepsInWords(facts)}; ${inputCount(facts)} inputs after them.`,
    `Made by thoracle ${manifest.lineage.thoracleVersion}, XGBoost ${manifest.lineage.xgboostVersion}. Id ${manifest.modelId}.`,
    thresholdInWords(facts),
  ];
}

function metricSentences({ manifest, report }: CardFacts): readonly string[] {
  if (Object.keys(manifest.metrics).length === 0) return ['None: the model came without scores.'];
  return [report?.evaluation ?? 'How they were estimated is not known.'];
}

function metricTable({ metrics, baseline }: BundleManifest): Pick<CardSection, 'table'> {
  const names = Object.keys(metrics);
  if (names.length === 0) return {};
  const rows = names.map((name) => [name, estimateText(metrics[name]), estimateText(baseline[name])]);
  return { table: { head: ['Metric', 'Model (95 % interval)', 'Baseline'], rows } };
}

function estimateText(estimate: Estimate | undefined): string {
  if (estimate === undefined) return 'not defined';
  const { value, low, high } = estimate;
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** Below this many deaths per input of the model, fitted effects are unstable (rule of thumb of 10 events per variable). */
const eventsPerInput = 10;

function limits({ manifest, report }: CardFacts): readonly string[] {
  const { trainedOn } = manifest;
  const inputs = inputCount({ manifest });
  const few = trainedOn.events < eventsPerInput * inputs;
  if (manifest.recipe === 'imported') return ['Nothing is known here of how the model was made and evaluated.'];
  return [
    'Never evaluated on patients of other hospitals; how it does there is not known.',
    ...(trainedOn.patients > 0 && few
      ? [`${trainedOn.events} deaths for ${inputs} inputs are few: effects of single inputs are not to be trusted.`]
      : []),
    ...(report !== undefined && report.dataset.incomplete > 0
      ? [
          `${report.dataset.incomplete} of ${report.dataset.patients} patients lack a modality, and who lacks it is rarely chance.`,
        ]
      : []),
    'Performance by sex, age, ethnicity or scanner was not measured.',
    'Contributions of columns describe the model, not causes.',
  ];
}
