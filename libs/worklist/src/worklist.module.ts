import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { PatientsModule } from '#libs/patients';
import { ChangeRead } from './change-read.js';
import { CreateRequest } from './create-request.js';
import { OnExamSettled } from './on-exam-settled.js';
import { WorklistPostgresRepository } from './postgres/worklist.postgres-repository.js';
import { WorklistRepository } from './worklist.repository.js';

@Module({
  imports: [CatalogueModule, IdentityModule, PatientsModule],
  providers: [
    { provide: WorklistRepository, useClass: WorklistPostgresRepository },
    CreateRequest,
    OnExamSettled,
    ChangeRead,
  ],
  exports: [WorklistRepository, CreateRequest, OnExamSettled, ChangeRead],
})
export class WorklistModule {}
