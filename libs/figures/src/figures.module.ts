import { Module } from '@nestjs/common';
import { QualityFiguresPostgresRepository } from './postgres/quality-figures.postgres-repository.js';
import { QualityFiguresRepository } from './quality-figures.repository.js';

@Module({
  providers: [{ provide: QualityFiguresRepository, useClass: QualityFiguresPostgresRepository }],
  exports: [QualityFiguresRepository],
})
export class FiguresModule {}
