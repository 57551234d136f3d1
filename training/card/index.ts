export { answerCells, cardMarkdown } from './card-markdown.js';
export { type CardSection, type ModelCard, modelCard, type TripodLine, tripodSource } from './model-card.js';
export type { TripodAnswer, TripodItem } from './tripod-answer.js';
export { tripodItems } from './tripod-items.js';
