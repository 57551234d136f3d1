import type { FastifyRequest } from 'fastify';
import { ServingError, servingErrors } from '../../errors.js';
import type { LoadedModel } from '../../models/loaded-model.js';
import type { Prediction } from '../../predict/index.js';
import type { InputRows } from '../../rows/input-names.js';
import type { Server } from '../server.js';
import type { ShadowVariant } from './endpoints.js';
import { TrafficSplit } from './traffic.js';

/** Copies that wait at most; beyond, requests are not copied, so that a slow shadow never costs memory. */
const mostWaiting = 100;

interface Shadow {
  readonly variant: ShadowVariant;
  /** Deals requests out to the shadow (0) or to nobody (1). */
  readonly share: TrafficSplit;
}

/** A request that production has answered. */
interface Answered {
  readonly model: LoadedModel;
  readonly inputs: InputRows;
  readonly predictions: readonly Prediction[];
}

/** The shadow variants of an endpoint: they answer copies of requests after the reply has been written; their answers go to the log and to extensions only. */
export class Shadows {
  readonly #server: Server;
  readonly #shadows: readonly Shadow[];
  #waiting = 0;

  /** @param total sum of the production weights */
  constructor(server: Server, variants: readonly ShadowVariant[], total: number) {
    this.#server = server;
    this.#shadows = variants.map((variant) => {
      const share = Math.min(1, variant.weight / total);
      return { variant, share: new TrafficSplit([share, 1 - share]) };
    });
  }

  /** Queues copies of a request that has been answered. */
  copy(request: FastifyRequest, model: LoadedModel, inputs: InputRows, predictions: readonly Prediction[]): void {
    for (const { variant, share } of this.#shadows) {
      if (variant.weight === 0 || share.next() !== 0 || this.#waiting >= mostWaiting) continue;
      this.#waiting++;
      const answered = { model, inputs, predictions };
      setImmediate(() => void this.#answer(variant, request, answered).finally(() => this.#waiting--));
    }
  }

  async #answer(
    variant: ShadowVariant,
    request: FastifyRequest,
    { model: production, inputs, predictions }: Answered,
  ): Promise<void> {
    let model: LoadedModel | undefined;
    try {
      model = await this.#server.models.acquireOrLoad(variant.model, variant.version);
      const { predictor } = model;
      assertSameColumns(variant.name, production, model, inputs);
      const own =
        inputs.kind === 'features' ? predictor.predictRows(inputs.rows) : predictor.predictComponents(inputs.rows);
      const answer = { variant: variant.name, model, inputs, predictions: own, production: predictions };
      for (const watcher of this.#server.shadowWatchers) watcher.onShadow?.(request.facts, answer);
      const meanRiskDifference = own.reduce(
        (sum, { risk }, i) => sum + Math.abs(risk - (predictions[i]?.risk ?? 0)) / own.length,
        0,
      );
      request.log.info(
        { shadow: variant.name, model: model.name, rows: own.length, meanRiskDifference },
        'shadow answered',
      );
    } catch (error) {
      request.log.warn({ shadow: variant.name, code: (error as { readonly code?: unknown }).code }, 'shadow failed');
    } finally {
      model?.release();
    }
  }
}

/** The rows are in the order of the model that answered; another model must not read them as its own. */
function assertSameColumns(variant: string, production: LoadedModel, shadow: LoadedModel, { kind }: InputRows): void {
  const expected = production.names[kind].names;
  const found = shadow.names[kind].names;
  if (expected.length === found.length && expected.every((name, i) => name === found[i])) return;
  throw new ServingError('SERVING_SHADOW_COLUMNS', servingErrors.SERVING_SHADOW_COLUMNS(variant));
}
