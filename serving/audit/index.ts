export { auditExtension } from './audit-extension.js';
export { AuditLog } from './audit-log.js';
export type { AuditEntry } from './entry.js';
export { type AuditReport, verifyAuditLog } from './verify-audit-log.js';
export { type FileReport, verifyAuditLogs } from './verify-audit-logs.js';
