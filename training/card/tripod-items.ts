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

/** What a run can say about an item of the checklist. */
export type TripodAnswer =
  | { readonly status: 'answered'; readonly where: string; readonly text: string }
  /** The run does not know: whoever publishes the model has to say it. */
  | { readonly status: 'unknown'; readonly text: string }
  | { readonly status: 'not applicable'; readonly text: string };

/** One item of the TRIPOD+AI checklist. */
export interface TripodItem {
  /** `12c`. */
  readonly number: string;
  readonly section: string;
  /** What the item asks for, in this project's words. */
  readonly asks: string;
  readonly answer: (facts: CardFacts) => TripodAnswer;
}

const answered = (where: string, text: string): TripodAnswer => ({ status: 'answered', where, text });
const unknown = (text: string): TripodAnswer => ({ status: 'unknown', text });
const notApplicable = (text: string): TripodAnswer => ({ status: 'not applicable', text });
const authors = (what: string) => (): TripodAnswer => unknown(`Not known to the run: the authors state ${what}.`);
/** Answers that need the report of the training. */
const fromReport = (answer: (report: NonNullable<CardFacts['report']>, facts: CardFacts) => TripodAnswer) => {
  return (facts: CardFacts): TripodAnswer =>
    facts.report === undefined
      ? unknown('The report of the training is not with the model.')
      : answer(facts.report, facts);
};

const metricsText = (metrics: CardFacts['manifest']['metrics']): string =>
  Object.entries(metrics)
    .map(([name, { value, low, high }]) => `${name} ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`)
    .join(', ');

/**
 * The 27 items (52 with their parts) of the checklist, in its order and numbering; the wording is this project's own.
 * @see Collins et al., BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378
 */
export const tripodItems: readonly TripodItem[] = [
  {
    number: '1',
    section: 'Title',
    asks: 'Title: that a multivariable model is developed or evaluated, in whom, for which outcome',
    answer: (facts) =>
      answered(
        'Model card, title',
        `Model developed in patients with non-small-cell lung cancer: ${taskInWords(facts)}.`,
      ),
  },
  {
    number: '2',
    section: 'Abstract',
    asks: 'Abstract (the checklist for abstracts)',
    answer: authors('the abstract; the model card is a start for it'),
  },
  {
    number: '3a',
    section: 'Introduction',
    asks: 'Background: the health care setting, why the model is made, models that exist already',
    answer: authors('the clinical background and earlier models'),
  },
  {
    number: '3b',
    section: 'Introduction',
    asks: 'Background: target population, purpose in the pathway of care, intended users',
    answer: () =>
      answered(
        'Model card, intended use',
        'Research on resected non-small-cell lung cancer, for researchers; no place in care.',
      ),
  },
  {
    number: '3c',
    section: 'Introduction',
    asks: 'Background: known inequalities in health between sociodemographic groups',
    answer: authors('known inequalities'),
  },
  {
    number: '4',
    section: 'Introduction',
    asks: 'Objectives: development, evaluation, or both',
    answer: () =>
      answered('Report, evaluation', 'Development with internal evaluation. No external evaluation was made.'),
  },
  {
    number: '5a',
    section: 'Methods, data',
    asks: 'Sources of the data for development and evaluation, and how well they represent the target population',
    answer: (facts) =>
      answered(
        'Report, lineage',
        `Feature groups ${facts.manifest.lineage.groups.map(({ name, version }) => `${name} version ${version}`).join(', ') || 'unknown'}, dataset ${facts.manifest.trainedOn.datasetDigest.slice(0, 12)}. How representative they are the authors state.`,
      ),
  },
  {
    number: '5b',
    section: 'Methods, data',
    asks: 'Dates: begin and end of accrual, end of follow-up',
    answer: authors('the dates (they are shifted in the public tables)'),
  },
  {
    number: '6a',
    section: 'Methods, participants',
    asks: 'Setting: kind, number and place of the centres',
    answer: authors('setting and centres'),
  },
  {
    number: '6b',
    section: 'Methods, participants',
    asks: 'Eligibility of participants',
    answer: fromReport(({ dataset }) =>
      answered(
        'Report, data',
        `Patients with a known outcome and a record in at least one modality; ${dataset.leftOut.length} left out, listed with the reason.`,
      ),
    ),
  },
  {
    number: '6c',
    section: 'Methods, participants',
    asks: 'Treatments received, and how they were handled',
    answer: (facts) =>
      leakyColumns(facts).length === 0
        ? answered(
            'Report, data',
            'Treatment after surgery has the role "post-baseline" and is kept out of the inputs; its effect on the outcome is not modelled.',
          )
        : answered('Report, warnings', `Columns from after surgery are inputs: ${leakyColumns(facts).join(', ')}.`),
  },
  {
    number: '7',
    section: 'Methods, preparation',
    asks: 'Data preparation and quality checks, and whether they were alike across sociodemographic groups',
    answer: (facts) =>
      answered(
        'Manifest, steps',
        `The same steps for everybody, fitted on training patients only: ${stepsInWords(facts)}.`,
      ),
  },
  {
    number: '8a',
    section: 'Methods, outcome',
    asks: 'Outcome: definition, horizon, how and when it is assessed, why it was chosen',
    answer: (facts) =>
      answered('Model card, what it predicts', `Death from any cause, counted from surgery: ${taskInWords(facts)}.`),
  },
  {
    number: '8b',
    section: 'Methods, outcome',
    asks: 'Qualifications of the assessors, where the outcome needs judgement',
    answer: () => notApplicable('Death needs no judgement.'),
  },
  {
    number: '8c',
    section: 'Methods, outcome',
    asks: 'Blinding of the assessment of the outcome',
    answer: authors('whether the outcome was recorded without knowledge of the predictors'),
  },
  {
    number: '9a',
    section: 'Methods, predictors',
    asks: 'Choice of the first set of predictors, and selection before the model',
    answer: (facts) =>
      answered(
        'Manifest, columns',
        `All columns of the role "feature" in the groups asked for, none chosen by hand: ${columnsByGroup(facts)}.${facts.manifest.warnings.some((text) => /selected|chosen/.test(text)) ? ' See the warnings on how the genes were chosen.' : ''}`,
      ),
  },
  {
    number: '9b',
    section: 'Methods, predictors',
    asks: 'Predictors: definition, how and when they are measured',
    answer: () =>
      answered(
        'Reference of features and clinical columns',
        'Every column has a definition, unit and role in the store; imaging features carry their IBSI code.',
      ),
  },
  {
    number: '9c',
    section: 'Methods, predictors',
    asks: 'Qualifications of the assessors, where predictors need judgement',
    answer: authors('who drew the segmentations and read stage and grade'),
  },
  {
    number: '10',
    section: 'Methods',
    asks: 'Sample size: how it was arrived at, and whether it is enough for the question',
    answer: ({ manifest }) =>
      answered(
        'Report, data',
        `All patients there are: ${manifest.trainedOn.patients}, ${manifest.trainedOn.events} deaths, ${inputCount({ manifest })} inputs of the fitted model. No calculation was made beforehand.`,
      ),
  },
  {
    number: '11',
    section: 'Methods',
    asks: 'Missing data: handling, reasons for leaving data out',
    answer: (facts) => {
      const impute = facts.manifest.members.some(({ steps }) => steps.some(({ kind }) => kind === 'impute'));
      return answered(
        'Manifest, steps',
        impute
          ? 'Filled in with values fitted on training patients; what was filled in is named with every prediction.'
          : 'Left missing: the trees learn a direction for it.',
      );
    },
  },
  {
    number: '12a',
    section: 'Methods, analysis',
    asks: 'How the data were used (partition) for development and evaluation',
    answer: fromReport(({ evaluation }) => answered('Report, evaluation', evaluation)),
  },
  {
    number: '12b',
    section: 'Methods, analysis',
    asks: 'How predictors enter (functional form, rescaling, transformation, standardisation)',
    answer: (facts) => answered('Manifest, steps', `${stepsInWords(facts)}.`),
  },
  {
    number: '12c',
    section: 'Methods, analysis',
    asks: 'Type of model, why, how it was built, its hyperparameters, internal validation',
    answer: ({ manifest }) =>
      answered(
        'Manifest; model file; decisions',
        `Recipe "${manifest.recipe}"${manifest.lineage.xgboostVersion === '' ? '' : `, XGBoost ${manifest.lineage.xgboostVersion}`}, seed ${manifest.trainedOn.seed}; the parameters are in the model file. Internal validation as under 12a.`,
      ),
  },
  {
    number: '12d',
    section: 'Methods, analysis',
    asks: 'Heterogeneity of parameters and performance across clusters (hospitals, countries)',
    answer: () => notApplicable('The data name no clusters.'),
  },
  {
    number: '12e',
    section: 'Methods, analysis',
    asks: 'Measures and plots of performance, and comparison of models',
    answer: ({ manifest }) =>
      answered(
        'Report',
        `${Object.keys(manifest.metrics).join(', ') || 'none'}; ROC, precision-recall, calibration and decision curves, survival by risk; baselines beside each.`,
      ),
  },
  {
    number: '12f',
    section: 'Methods, analysis',
    asks: 'Updating of the model after evaluation (recalibration)',
    answer: () => notApplicable('The model was not updated after its evaluation.'),
  },
  {
    number: '12g',
    section: 'Methods, analysis',
    asks: 'For evaluation: how predictions were calculated (formula, code, object, API)',
    answer: () =>
      answered(
        'Model folder',
        'The folder answers through `thoracle predict`, `thoracle serve` and the library; scores are of models that never saw the patient.',
      ),
  },
  {
    number: '13',
    section: 'Methods',
    asks: 'Class imbalance: methods, why, and recalibration afterwards',
    answer: ({ manifest: { trainedOn } }) =>
      answered(
        'Report, calibration',
        `${trainedOn.events} of ${trainedOn.patients} died. No reweighting or resampling, so that probabilities stay probabilities.`,
      ),
  },
  {
    number: '14',
    section: 'Methods',
    asks: 'Fairness: what was done, and why',
    answer: () =>
      answered(
        'Model card, limits',
        'Nothing was done, and performance by sex, age or ethnicity was not measured: the groups are too small.',
      ),
  },
  {
    number: '15',
    section: 'Methods',
    asks: 'Output of the model (probability, class) and how a threshold was found',
    answer: (facts) =>
      answered('Manifest, threshold', `The ${taskInWords(facts)}. ${thresholdInWords(facts)} Fixed beforehand.`),
  },
  {
    number: '16',
    section: 'Methods',
    asks: 'Differences of setting, eligibility, outcome and predictors between development and evaluation data',
    answer: () => notApplicable('Evaluation is internal: the same patients, split.'),
  },
  {
    number: '17',
    section: 'Methods',
    asks: 'Ethical approval and consent',
    answer: authors('approval and consent of the cohort'),
  },
  { number: '18a', section: 'Open science', asks: 'Funding and the role of funders', answer: authors('funding') },
  { number: '18b', section: 'Open science', asks: 'Conflicts of interest', answer: authors('conflicts of interest') },
  {
    number: '18c',
    section: 'Open science',
    asks: 'Where the protocol is, or that there is none',
    answer: authors('the protocol'),
  },
  {
    number: '18d',
    section: 'Open science',
    asks: 'Registration of the study, or that there is none',
    answer: authors('the registration'),
  },
  {
    number: '18e',
    section: 'Open science',
    asks: 'Data: where they are',
    answer: ({ manifest }) =>
      answered(
        'Report, lineage',
        `Named by digest ${manifest.trainedOn.datasetDigest.slice(0, 12)}; the lineage leads back to the source files. Where they can be had the authors state.`,
      ),
  },
  {
    number: '18f',
    section: 'Open science',
    asks: 'Code: where it is',
    answer: ({ manifest }) =>
      answered(
        'Report, lineage',
        `thoracle ${manifest.lineage.thoracleVersion}, Apache-2.0; the same data, recipe and seed give the same model.`,
      ),
  },
  {
    number: '19',
    section: 'Patient and public involvement',
    asks: 'How patients and the public took part',
    answer: authors('involvement of patients'),
  },
  {
    number: '20a',
    section: 'Results',
    asks: 'Flow of participants, with and without the outcome, and follow-up',
    answer: fromReport(({ dataset }) =>
      answered(
        'Report, data',
        `${dataset.patients} patients, ${dataset.events} deaths; ${dataset.complete} with every modality, ${dataset.incomplete} without; ${dataset.leftOut.length} left out with reasons. Numbers at risk by year stand below the survival curves.`,
      ),
    ),
  },
  {
    number: '20b',
    section: 'Results',
    asks: 'Characteristics of the participants, overall and per source, missing data included',
    answer: () =>
      unknown('Counts per modality are in the report; a table of characteristics comes from `thoracle store stats`.'),
  },
  {
    number: '20c',
    section: 'Results',
    asks: 'For evaluation: comparison with the development data',
    answer: () => notApplicable('Evaluation is internal.'),
  },
  {
    number: '21',
    section: 'Results',
    asks: 'Participants and events in each analysis',
    answer: fromReport((report) => {
      const subsets = Object.entries(report.nested?.subsets ?? {}).map(
        ([name, s]) => `${name} ${s.patients} (${s.events})`,
      );
      const more = subsets.length === 0 ? '' : ` Subsets, patients (deaths): ${subsets.join(', ')}.`;
      return answered(
        'Report, data and subsets',
        `Scored ${report.scored.length} patients, ${report.scored.filter(({ dead }) => dead).length} deaths.${more}`,
      );
    }),
  },
  {
    number: '22',
    section: 'Results',
    asks: 'The full model, so that others can predict; restrictions of access',
    answer: ({ manifest }) =>
      answered(
        'Model folder',
        `manifest.json (steps with their numbers) and model.json (the booster), model ${manifest.modelId.slice(0, 12)}. No restriction by the software.`,
      ),
  },
  {
    number: '23a',
    section: 'Results',
    asks: 'Performance with intervals, and in important subgroups',
    answer: ({ manifest }) =>
      Object.keys(manifest.metrics).length === 0
        ? unknown('The model came without scores.')
        : answered('Report, metrics', `${metricsText(manifest.metrics)}. Sociodemographic subgroups were not scored.`),
  },
  {
    number: '23b',
    section: 'Results',
    asks: 'Heterogeneity of performance across clusters',
    answer: () => notApplicable('The data name no clusters.'),
  },
  {
    number: '24',
    section: 'Results',
    asks: 'Results of updating the model',
    answer: () => notApplicable('The model was not updated.'),
  },
  {
    number: '25',
    section: 'Discussion',
    asks: 'Interpretation, fairness included, beside the objectives and earlier studies',
    answer: authors('the interpretation; the report says where the model cannot be told from its baselines'),
  },
  {
    number: '26',
    section: 'Discussion',
    asks: 'Limitations: representativeness, sample size, overfitting, missing data',
    answer: ({ manifest }) =>
      answered(
        'Model card, limits and warnings',
        `${manifest.warnings.length} warnings travel with the model; the limits are in the card.`,
      ),
  },
  {
    number: '27a',
    section: 'Discussion',
    asks: 'Usability: input that is poor or missing when the model is used',
    answer: () =>
      answered(
        'Guide, prediction',
        'Missing inputs are named with the answer, values outside the training range too; values of the wrong type are refused.',
      ),
  },
  {
    number: '27b',
    section: 'Discussion',
    asks: 'Usability: what users do and must know',
    answer: () =>
      answered(
        'Guide',
        'Features by name through the command line or HTTP; tumours must be segmented by somebody who can. For researchers.',
      ),
  },
  {
    number: '27c',
    section: 'Discussion',
    asks: 'Next steps for research, with a view to applicability and generalisability',
    answer: () =>
      answered('Model card, limits', 'Evaluation on patients of other hospitals comes before anything else.'),
  },
];

/** Items that are about this program, and so answered for models from elsewhere too. */
const aboutTheProgram: ReadonlySet<string> = new Set(['3b', '12g', '22', '26', '27a', '27b']);

/** The answer of an item; of a model from elsewhere the run knows little. */
export function answerOf(item: TripodItem, facts: CardFacts): TripodAnswer {
  if (!isImported(facts) || aboutTheProgram.has(item.number)) return item.answer(facts);
  return unknown('The model was trained elsewhere: its makers state this.');
}
