/**
 * Figures for members and the network's office: counted from what the stages stored, never kept beside it. Months are of Asia/Shanghai.
 */
export { monthBounds } from './domain/month.js';
export { FiguresModule } from './figures.module.js';
export {
  QUALITY_FIGURES,
  QualityFiguresRepository,
  type QualityCase,
  type QualityFigure,
  type QualityFigures,
} from './quality-figures.repository.js';
