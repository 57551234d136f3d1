/**
 * The import directions of docs/architecture.md, checked. A room is entered through its index.ts only;
 * tests may look anywhere, since a parity test needs both sides.
 */
const tests = '\\.test\\.ts$|^(web/)?test/';
const rooms = '^(cohort|pipelines|featurestore|training|serving|web|cli|bench)/';

/** @param {string} room @param {string[]} allowed doors this room may import from other rooms */
const roomRule = (room, allowed) => ({
  name: `${room}-imports`,
  severity: 'error',
  comment: `${room}/ may import only: itself, ${allowed.join(', ') || 'nothing else'}`,
  from: { path: `^${room}/`, pathNot: tests },
  to: { path: rooms, pathNot: [`^${room}/`, ...allowed] },
});

const featureContract = '^featurestore/contract/index\\.ts$';
const modality = (name) => ({
  name: `modality-${name}`,
  severity: 'error',
  comment: 'a modality never imports another modality, nor the runner',
  from: { path: `^pipelines/${name}/`, pathNot: tests },
  to: { path: '^pipelines/', pathNot: [`^pipelines/${name}/`, '^pipelines/(stage|feature-table)\\.ts$'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    roomRule('cohort', []),
    roomRule('pipelines', ['^cohort/index\\.ts$', featureContract]),
    roomRule('featurestore', []),
    roomRule('training', ['^featurestore/index\\.ts$', featureContract]),
    roomRule('serving', [
      '^training/bundle/(index|folder)\\.ts$',
      '^featurestore/index\\.ts$',
      '^featurestore/http/signature/index\\.ts$',
      featureContract,
    ]),
    roomRule('web', [
      '^(cohort|pipelines|featurestore|training|serving)/index\\.ts$',
      '^pipelines/imaging/(index|measuring)\\.ts$',
      '^pipelines/clinical/index\\.ts$',
      '^training/(bundle|report)/index\\.ts$',
      '^training/bundle/folder\\.ts$',
      '^serving/http/error-body\\.ts$',
      '^serving/registry/registry-answers\\.ts$',
      '^serving/predict/index\\.ts$',
      featureContract,
    ]),
    {
      name: 'pages-run-in-a-browser',
      severity: 'error',
      comment: 'what the browser runs takes types of the server, never its code',
      from: { path: '^web/(main\\.tsx|(shell|session|table|charts|pages)/)', pathNot: tests },
      to: {
        path: '^(node:|web/server/|cohort/|pipelines/|featurestore/|training/|serving/http/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    roomRule('cli', [
      '^(cohort|pipelines|featurestore|training|serving)/index\\.ts$',
      '^web/server/index\\.ts$',
      '^pipelines/(genomic|clinical|imaging)/index\\.ts$',
      '^pipelines/imaging/measuring\\.ts$',
      '^serving/processes/index\\.ts$',
      '^featurestore/http/(signature/)?index\\.ts$',
      '^training/(bundle|report)/index\\.ts$',
      '^training/bundle/folder\\.ts$',
      featureContract,
    ]),
    modality('genomic'),
    modality('clinical'),
    modality('imaging'),
    {
      name: 'predict-is-portable',
      severity: 'error',
      comment: 'serving/predict, and all it reaches, runs in a browser: no Node built-ins, no packages',
      from: { path: '^serving/predict/', pathNot: tests },
      to: { reachable: true, path: ['^node:', '^(fs|path|os|crypto|zlib|url|worker_threads)$', 'node_modules'] },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
