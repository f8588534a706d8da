import type { QualityFigureName, QualityFigures, ReturnReason } from '../api/types.js';

/** Which number was opened. */
export interface Opened {
  of: QualityFigures;
  figure?: QualityFigureName;
  fault?: ReturnReason;
  count: number;
}
