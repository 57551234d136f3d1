export { type Lineage, type LineageEdge, type LineageNode, lineageOf } from './lineage.js';
export { exportToMlflow, type MlflowExport, type MlflowTarget } from './mlflow.js';
export {
  bestRun,
  type Comparison,
  compareRuns,
  findRun,
  listRuns,
  type RunFilter,
  type RunStore,
  recordRun,
  recordRuns,
} from './run-log.js';
export {
  type Digest,
  type RunDraft,
  type RunKind,
  type RunMetric,
  type RunRecord,
  type RunStatus,
  runGroupName,
} from './run-record.js';
