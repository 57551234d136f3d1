import type { FastifyInstance } from 'fastify';

/** A reply sent while the server closes ends its connection, which would otherwise hold the server open for its keep-alive time. */
export function closeWithLastReply(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
