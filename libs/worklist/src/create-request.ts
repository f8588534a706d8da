import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { PatientsRepository, validIdCard } from '#libs/patients';
import { Database } from '#libs/persistence';
import type { ExamRequest, PatientClass, Priority } from './domain/read.js';
import { WorklistRepository, type RequestSchedule } from './worklist.repository.js';

export interface NewRequest {
  patient: { number: string; name: string; sex?: 'M' | 'F' | 'O' | undefined; birthDate?: string | undefined };
  idCard?: string | undefined;
  item: string;
  accessionNumber?: string | undefined;
  clinicalInformation?: string | undefined;
  priority?: Priority | undefined;
  patientClass?: PatientClass | undefined;
  schedule?: RequestSchedule | undefined;
}

/** An exam request (申请单) by REST; it waits for the examination that answers it. */
@Injectable()
export class CreateRequest {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly patients: PatientsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `invalid`: unknown-item, id-card-invalid; `conflict`: accession-number-taken */
  async run(caller: Caller, request: NewRequest): Promise<ExamRequest> {
    demand(caller, 'request.create');
    const items = await this.worklist.items();
    if (!items.some((item) => item.code === request.item)) {
      throw new Refusal('invalid', 'unknown-item', `There is no exam item ${request.item}.`, {
        items: items.map((item) => item.code),
      });
    }
    const idCard = validIdCard(request.idCard);
    if (request.idCard && idCard === null) {
      throw new Refusal(
        'invalid',
        'id-card-invalid',
        'The ID-card number does not have 18 characters with a right check digit.',
      );
    }
    return this.database.transaction(async () => {
      const patient = await this.patients.upsert({
        organisation: caller.organisation,
        number: request.patient.number,
        name: request.patient.name,
        sex: request.patient.sex ?? null,
        birthDate: request.patient.birthDate ?? null,
        idCard,
      });
      const made = await this.worklist.addRequest(
        {
          id: newId(),
          organisation: caller.organisation,
          accessionNumber: request.accessionNumber || null,
          patientNumber: request.patient.number,
          patientName: request.patient.name,
          sex: request.patient.sex ?? null,
          birthDate: request.patient.birthDate ?? null,
          idCard,
          item: request.item,
          clinicalInformation: request.clinicalInformation ?? '',
          priority: request.priority ?? 'routine',
          patientClass: request.patientClass ?? null,
          requestedBy: caller.id,
        },
        request.schedule,
      );
      await this.audit.record({
        actor: caller,
        action: 'create-request',
        subject: { kind: 'request', id: made.id },
        patientId: patient.id,
        outcome: 'done',
      });
      return made;
    });
  }
}
