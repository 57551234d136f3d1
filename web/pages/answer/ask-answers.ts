import { post } from '../../session/client.js';
import type { AnsweredExplanation, AnsweredPrediction, Question } from './answers.js';

/** Predictions in the order of the question. @throws ReplyError */
export async function askPredictions(question: Question): Promise<readonly AnsweredPrediction[]> {
  const { predictions } = await post<{ readonly predictions: readonly AnsweredPrediction[] }>('/predict', question);
  return predictions;
}

/** Explanations in the order of the question, with the columns that add most. @throws ReplyError, also where the model cannot be explained */
export async function askExplanations(question: Question, top: number): Promise<readonly AnsweredExplanation[]> {
  const { explanations } = await post<{ readonly explanations: readonly AnsweredExplanation[] }>('/explain', {
    ...question,
    top,
  });
  return explanations;
}
