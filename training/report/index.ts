export type { CalibrationGroup } from './charts/calibration-chart.js';
export { calibrationGroups, type Judged, judgedOf } from './judged.js';
export { type MetricText, metricTexts } from './metric-texts.js';
export { parseNestedEvaluation, parseReportData } from './read-report.js';
export { type ReportOptions, renderEvaluation, renderReport, reportJson } from './render-report.js';
export type { NestedEvaluation, ReportData, ScoredPatient } from './report-data.js';
