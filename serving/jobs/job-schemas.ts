import type { FastifySchema } from 'fastify';
import { fails } from '../http/schemas.js';

const text = { type: 'string' } as const;
const maybeText = { type: ['string', 'null'] } as const;

const notFound = { 404: fails('No such job of this caller') };

/** Documentation of `GET /jobs/{id}`. */
export const jobSchema: FastifySchema = {
  summary: 'How far is a job?',
  description: 'A job is made by `Prefer: respond-async` at a route that predicts.',
  response: {
    200: {
      description: 'The job',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              id: text,
              status: { enum: ['queued', 'running', 'done', 'failed'] },
              created: text,
              started: maybeText,
              finished: maybeText,
              expires: { ...maybeText, description: 'When it is forgotten' },
              rows: { type: ['integer', 'null'], description: 'Null until the rows were read' },
              rowsDone: { type: 'integer' },
              model: maybeText,
              version: maybeText,
              code: { ...maybeText, description: 'Code of the error' },
              result: { ...text, description: 'Where the reply is, once there is one' },
            },
          },
        },
      },
    },
    ...notFound,
  },
};

/** Documentation of `GET /jobs/{id}/result`. */
export const jobResultSchema: FastifySchema = {
  summary: 'The reply that a job was for',
  description: 'Status, type and body are those that the request would have been answered with at once.',
  response: { ...notFound, 409: fails('It is not there yet') },
};

/** Documentation of `DELETE /jobs/{id}`. */
export const deleteJobSchema: FastifySchema = {
  summary: 'Forget a job',
  description: 'One that runs is broken off. Nothing of it is kept.',
  response: { 204: { description: 'It is forgotten', type: 'null' }, ...notFound },
};
