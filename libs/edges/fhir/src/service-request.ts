import type { ExamRequest } from '#libs/worklist';
import { present, type Resource } from './resource.js';
import { accessionSystem, ITEM_SYSTEM, patientSystem } from './systems.js';

const PRIORITY = { routine: 'routine', urgent: 'urgent', emergency: 'stat' } as const;
const PLACER = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] };

/** A request is done with the examination that answers it; its report is another resource. */
export const REQUEST_STATUS = { open: 'active', answered: 'completed' } as const;

/** An exam request (申请单) as R4's ServiceRequest. */
export function serviceRequest(request: ExamRequest, patientId: string | null, itemName: string | null): Resource {
  return present({
    resourceType: 'ServiceRequest',
    id: request.id,
    identifier: request.accessionNumber
      ? [{ type: PLACER, system: accessionSystem(request.organisation), value: request.accessionNumber }]
      : null,
    status: request.examId === null ? REQUEST_STATUS.open : REQUEST_STATUS.answered,
    intent: 'order',
    priority: PRIORITY[request.priority],
    code: present({
      coding: [present({ system: ITEM_SYSTEM, code: request.item, display: itemName })],
      text: itemName,
    }),
    subject: present({
      reference: patientId === null ? null : `Patient/${patientId}`,
      type: 'Patient',
      identifier: { system: patientSystem(request.organisation), value: request.patientNumber },
      display: request.patientName,
    }),
    authoredOn: request.requestedAt.toISOString(),
    reasonCode: request.clinicalInformation === '' ? null : [{ text: request.clinicalInformation }],
  });
}
