export {
  type AuditEntry,
  AuditLog,
  type AuditReport,
  auditExtension,
  type FileReport,
  verifyAuditLog,
  verifyAuditLogs,
} from './audit/index.js';
export { type BatchOptions, type BatchSummary, runBatch } from './batch/index.js';
export { type Capture, type CapturedRow, type CaptureOptions, openCapture } from './capture/index.js';
export { type CaseModel, type CaseStore, caseRows, predictCase } from './cases/predict-case.js';
export {
  ClassCounts,
  type DriftAnswer,
  type DriftNumbers,
  type DriftOptions,
  driftExtension,
  driftReport,
  type FeatureDrift,
  type ModelDrift,
} from './drift/index.js';
export { ServingError, type ServingErrorCode, servingErrors } from './errors.js';
export { type AppOptions, buildApp } from './http/app.js';
export type { ErrorBody } from './http/error-body.js';
export type { ServerExtension, ShadowAnswer } from './http/extension.js';
export { type Listening, type ListenOptions, listen } from './http/listen.js';
export { type Protocol, RequestFacts, type Scope } from './http/request-facts.js';
export { type BatchStrategy, type ContainerSettings, containerSettings } from './http/sagemaker/container-settings.js';
export {
  type Endpoint,
  type ProductionVariant,
  parseEndpoints,
  type ShadowVariant,
} from './http/sagemaker/endpoints.js';
export type { TimeLimits } from './http/time-limits.js';
export { type JobsOptions, jobsExtension } from './jobs/index.js';
export { type MetricsOptions, metricsExtension } from './metrics/index.js';
export { LoadedModel, type ModelContent, type ModelPlace, type ModelReader } from './models/loaded-model.js';
export { type ModelRepository, modelFolder } from './models/model-folder.js';
export { type LoadOptions, type ModelEvent, ModelHost, type ModelHostOptions } from './models/model-host.js';
export { assertModelName, isModelName } from './models/model-name.js';
export { modelContent, readModel } from './models/read-model.js';
export type { PublicManifest } from './models/without-numbers.js';
export { parseBooster } from './predict/booster/booster.js';
export {
  type Booster,
  createBooster,
  createPredictor,
  type InputRecord,
  PredictError,
  type PredictErrorCode,
  type Prediction,
  type Predictor,
  type PredictPlace,
  predictErrors,
  recordsToRows,
} from './predict/index.js';
export {
  archiveModel,
  type ChecklistLine,
  type Following,
  type FollowOptions,
  followRegistry,
  type ModelStage,
  modelOf,
  placeOfVersion,
  promoteModel,
  type RegisteredModel,
  type RegisteredVersion,
  type RegistryAction,
  type RegistryChange,
  type RegistryContent,
  type RegistryEvent,
  type RegistryExtensionOptions,
  type RegistryModelDetail,
  type RegistryModelSummary,
  type RegistryModels,
  type RegistryVersionDetail,
  readRegistry,
  registerModel,
  registryExtension,
  rollBackModel,
} from './registry/index.js';
export type { HeaderChoice } from './rows/csv-rows.js';
export { type InputKind, type InputNames, type InputRows, inputNames, type NameList } from './rows/input-names.js';
export { parseJsonRecords } from './rows/json-records.js';
export { type RowsFormat, readInputRows, readRows, rowsFormat } from './rows/read-rows.js';
export {
  type ApiKey,
  type Authentication,
  type AuthenticationOptions,
  assertGuarded,
  authentication,
  type Caller,
  createApiKey,
  type GrantedScope,
  grantedScopes,
  isLoopback,
  type NewApiKey,
  type ProtectionOptions,
  protection,
  readApiKeys,
  readTlsFiles,
  revokeApiKey,
  type TlsMaterial,
  type TokenOptions,
} from './security/index.js';
