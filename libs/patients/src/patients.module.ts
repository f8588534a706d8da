import { Module } from '@nestjs/common';
import { PatientsRepository } from './patients.repository.js';
import { PatientsPostgresRepository } from './postgres/patients.postgres-repository.js';

@Module({
  providers: [{ provide: PatientsRepository, useClass: PatientsPostgresRepository }],
  exports: [PatientsRepository],
})
export class PatientsModule {}
