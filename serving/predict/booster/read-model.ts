import type { Forest } from './forest.js';
import { array, fail, integer, type Json, notAModel, numbers, object } from './model-json.js';
import { type Objective, objectiveNames, objectiveOf } from './objectives.js';
import { concatenate, readTree } from './read-tree.js';

/** A linear booster: margin = base + bias + sum of weight x value over the values that are there. */
export interface LinearModel {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major, shape (inputs + 1 x outputs), the bias last. */
  readonly weights: Float32Array;
}

/** A model as XGBoost saves it. */
export interface BoosterModel {
  readonly objective: Objective;
  readonly kind: 'gbtree' | 'dart' | 'gblinear';
  readonly inputs: number;
  readonly outputs: number;
  /** Margin that each output starts from, float32, shape (outputs). */
  readonly baseMargin: Float32Array;
  readonly forest: Forest | undefined;
  readonly linear: LinearModel | undefined;
}

/**
 * Reads the model that XGBoost 1.7 to 3.x saves, parsed from JSON or UBJSON
 * (https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html).
 * @throws PredictError when it is no such model, is damaged, or uses what is not evaluated here
 */
export function readModel(model: unknown): BoosterModel {
  const learner = object(object(model, 'the document').learner, 'learner');
  const parameters = object(learner.learner_model_param, 'learner.learner_model_param');
  const name = object(learner.objective, 'learner.objective').name;
  const objective = objectiveOf(name) ?? fail('PREDICT_UNSUPPORTED_OBJECTIVE', String(name), objectiveNames);
  const inputs = integer(parameters.num_feature, 'num_feature');
  const outputs = Math.max(
    1,
    integer(parameters.num_class ?? '0', 'num_class'),
    integer(parameters.num_target ?? '1', 'num_target'),
  );
  const baseMargin = readBaseMargin(parameters.base_score, objective, outputs);
  return { objective, inputs, outputs, baseMargin, ...readBooster(learner, inputs, outputs) };
}

function readBooster(learner: Json, inputs: number, outputs: number): Pick<BoosterModel, 'kind' | 'forest' | 'linear'> {
  const booster = object(learner.gradient_booster, 'learner.gradient_booster');
  switch (booster.name) {
    case 'gbtree':
      return { kind: 'gbtree', forest: readForest(booster, inputs, outputs, undefined), linear: undefined };
    case 'dart': {
      const weights = numbers(booster.weight_drop, (why) => notAModel(`weight_drop ${why}`));
      const trees = object(booster.gbtree, 'learner.gradient_booster.gbtree');
      return {
        kind: 'dart',
        forest: readForest(trees, inputs, outputs, Float32Array.from(weights)),
        linear: undefined,
      };
    }
    case 'gblinear':
      return { kind: 'gblinear', forest: undefined, linear: readLinear(booster, inputs, outputs) };
    default:
      return fail('PREDICT_UNSUPPORTED_BOOSTER', String(booster.name));
  }
}

function readForest(booster: Json, inputs: number, outputs: number, treeWeight: Float32Array | undefined): Forest {
  const body = object(booster.model, 'learner.gradient_booster.model');
  const trees = Array.from(array(body.trees, 'trees'), (tree, t) =>
    readTree(object(tree, `tree ${t}`), t, inputs, outputs),
  );
  const output = Int32Array.from(
    body.tree_info === undefined ? trees.map(() => 0) : numbers(body.tree_info, (why) => notAModel(`tree_info ${why}`)),
  );
  if (output.length !== trees.length || output.some((k) => !(k >= 0 && k < outputs))) {
    notAModel(`tree_info does not say for each of ${trees.length} trees which output it adds to`);
  }
  if (treeWeight !== undefined && treeWeight.length !== trees.length) {
    notAModel(`weight_drop has ${treeWeight.length} weights for ${trees.length} trees`);
  }
  return { inputs, outputs, output, treeWeight, ...concatenate(trees, outputs) };
}

function readLinear(booster: Json, inputs: number, outputs: number): LinearModel {
  const body = object(booster.model, 'learner.gradient_booster.model');
  const weights = Float32Array.from(numbers(body.weights, (why) => notAModel(`weights ${why}`)));
  if (weights.length !== (inputs + 1) * outputs || weights.some((w) => !Number.isFinite(w))) {
    notAModel(`weights are not ${(inputs + 1) * outputs} finite numbers`);
  }
  return { inputs, outputs, weights };
}

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** `"5E-1"` up to 3.0, `"[5E-1]"` from 3.1 on, one number for all outputs or one each; numbers and lists are taken too. */
function readBaseMargin(raw: unknown, objective: Objective, outputs: number): Float32Array {
  const text = typeof raw === 'string' ? raw.trim() : (JSON.stringify(raw) ?? 'undefined');
  const inner = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const scores = inner.split(',').map((part) => (decimal.test(part.trim()) ? Number(part) : Number.NaN));
  const usable = scores.every((score) => objective.allows(score)) && (scores.length === 1 || scores.length === outputs);
  if (!usable) return fail('PREDICT_BAD_BASE_SCORE', text);
  return Float32Array.from({ length: outputs }, (_, k) =>
    objective.toMargin(Math.fround((scores.length === 1 ? scores[0] : scores[k]) as number)),
  );
}
