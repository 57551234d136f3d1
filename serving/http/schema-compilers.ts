import type { FastifyServerOptions } from 'fastify';

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

// The type is that of the framework's default compiler, whose functions carry their schema; nothing reads it.
const buildValidator = (() => () => () => true) as unknown as NonNullable<Factories['buildValidator']>;

/**
 * Schemas are documentation here: rows are checked by the predictor, which names row and column, and bodies by their readers. Said when a server is made, so that the
 * framework's own compilers are not even loaded.
 */
export const schemaCompilers: Pick<FastifyServerOptions, 'schemaController'> = {
  schemaController: {
    compilersFactory: {
      buildValidator,
      buildSerializer: () => () => (data: unknown) => JSON.stringify(data),
    },
  },
};
