export { renderReport, reportJson } from './render-report.js';
export type { ReportData, ScoredPatient } from './report-data.js';
