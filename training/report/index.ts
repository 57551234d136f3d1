export { type ReportOptions, renderReport, reportJson } from './render-report.js';
export type { NestedEvaluation, ReportData, ScoredPatient } from './report-data.js';
