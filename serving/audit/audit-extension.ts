import { ServingError, servingErrors } from '../errors.js';
import type { ServerExtension } from '../http/extension.js';
import type { ModelHost } from '../models/model-host.js';
import type { AuditLog } from './audit-log.js';

/**
 * Notes every request but those of open routes, and every change of a loaded model. While the log cannot be written, requests are refused: what is answered is on
 * record.
 */
export function auditExtension(log: Pick<AuditLog, 'append' | 'failure'>, models: ModelHost): ServerExtension {
  models.onChange((event, { name, version }) => log.append({ kind: 'model', event, model: name, version }));
  for (const { name, version } of models.list()) {
    log.append({ kind: 'model', event: 'activated', model: name, version });
  }
  return {
    name: 'audit',
    onRequest: (request) => {
      if (log.failure === undefined || request.routeOptions.config.scope === 'open') return;
      const message = servingErrors.SERVING_NOT_READY('its audit log cannot be written');
      throw new ServingError('SERVING_NOT_READY', message);
    },
    onResponse: ({ caller, model, version, rows, status, code }, { method, routeOptions }) => {
      if (routeOptions.config.scope === 'open') return;
      const route = routeOptions.url ?? 'none';
      log.append({ kind: 'request', caller, method, route, model, version, rows, status, code });
    },
  };
}
