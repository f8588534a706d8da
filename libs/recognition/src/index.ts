/**
 * Mutual recognition (检查检验结果互认, 国卫医发〔2022〕6号): before an examination is ordered again, the final results that the network
 * already holds of the same person and item are shown, within each item's window of validity; the treating doctor recognises one or
 * examines again for a coded reason. Who was shown what is kept whatever is decided.
 *
 * `AskRecognition.run` proposes, `DecideRecognition.run` takes the decision; both are for callers with `recognition.ask`.
 */
export { AskRecognition, type RecognitionProposal, type RecognitionQuestion } from './ask-recognition.js';
export { DecideRecognition, type RecognitionDecision } from './decide-recognition.js';
export type { DeclineReason, Recognition } from './domain/recognition.js';
export { RECOGNITION_STATES, type RecognitionState } from './domain/recognition.states.js';
export { RecognitionModule } from './recognition.module.js';
export { RecognitionRepository } from './recognition.repository.js';
