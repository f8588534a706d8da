import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { PatientsModule } from '#libs/patients';
import { ChangeRead } from './change-read.js';
import { CreateRequest } from './create-request.js';
import { FindScheduledSteps } from './find-scheduled-steps.js';
import { FollowWorklist } from './follow-worklist.js';
import { GradeImages } from './grade-images.js';
import { ImageQualityRepository } from './image-quality.repository.js';
import { OnExamSettled } from './on-exam-settled.js';
import { PerformedStepsRepository } from './performed-steps.repository.js';
import { PerformedStepsPostgresRepository } from './postgres/performed-steps.postgres-repository.js';
import { ImageQualityPostgresRepository } from './postgres/image-quality.postgres-repository.js';
import { ScheduledStepsPostgresRepository } from './postgres/scheduled-steps.postgres-repository.js';
import { WorklistEventsPostgresRepository } from './postgres/worklist-events.postgres-repository.js';
import { WorklistPostgresRepository } from './postgres/worklist.postgres-repository.js';
import { RaisePriority } from './raise-priority.js';
import { RecordPerformedStep } from './record-performed-step.js';
import { ScheduledStepsRepository } from './scheduled-steps.repository.js';
import { WithdrawExam } from './withdraw-exam.js';
import { WorklistEventsRepository } from './worklist-events.repository.js';
import { WorklistRepository } from './worklist.repository.js';

@Module({
  imports: [CatalogueModule, IdentityModule, PatientsModule],
  providers: [
    { provide: WorklistRepository, useClass: WorklistPostgresRepository },
    { provide: ImageQualityRepository, useClass: ImageQualityPostgresRepository },
    { provide: WorklistEventsRepository, useClass: WorklistEventsPostgresRepository },
    { provide: ScheduledStepsRepository, useClass: ScheduledStepsPostgresRepository },
    { provide: PerformedStepsRepository, useClass: PerformedStepsPostgresRepository },
    CreateRequest,
    FindScheduledSteps,
    GradeImages,
    RecordPerformedStep,
    OnExamSettled,
    ChangeRead,
    RaisePriority,
    WithdrawExam,
    FollowWorklist,
  ],
  exports: [
    WorklistRepository,
    WorklistEventsRepository,
    ImageQualityRepository,
    CreateRequest,
    FindScheduledSteps,
    GradeImages,
    RecordPerformedStep,
    OnExamSettled,
    ChangeRead,
    RaisePriority,
    WithdrawExam,
    FollowWorklist,
  ],
})
export class WorklistModule {}
