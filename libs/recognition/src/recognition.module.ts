import { Module } from '@nestjs/common';
import { PatientsModule } from '#libs/patients';
import { ReportModule } from '#libs/report';
import { WorklistModule } from '#libs/worklist';
import { AskRecognition } from './ask-recognition.js';
import { DecideRecognition } from './decide-recognition.js';
import { RecognitionPostgresRepository } from './postgres/recognition.postgres-repository.js';
import { RecognitionRepository } from './recognition.repository.js';

@Module({
  imports: [PatientsModule, WorklistModule, ReportModule],
  providers: [
    { provide: RecognitionRepository, useClass: RecognitionPostgresRepository },
    AskRecognition,
    DecideRecognition,
  ],
  exports: [RecognitionRepository, AskRecognition, DecideRecognition],
})
export class RecognitionModule {}
