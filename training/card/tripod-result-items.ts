import {
  answered,
  authors,
  fromReport,
  metricsText,
  notApplicable,
  type TripodItem,
  unknown,
} from './tripod-answer.js';

/** Items 18 to 27: open science, results and discussion. */
export const resultItems: readonly TripodItem[] = [
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
