export { parseNestedEvaluation, parseReportData } from './read-report.js';
export { type ReportOptions, renderEvaluation, renderReport, reportJson } from './render-report.js';
export type { NestedEvaluation, ReportData, ScoredPatient } from './report-data.js';
