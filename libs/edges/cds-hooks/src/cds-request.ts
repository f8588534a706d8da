import { Refusal } from '#libs/kernel';
import { z } from 'zod';

export const HOOKS = ['order-select', 'order-sign'] as const;
export type Hook = (typeof HOOKS)[number];
const ITEM_SYSTEM = 'urn:qiao:item';

const text = z.string().min(1).max(200);
const coding = z.looseObject({ system: z.string().optional(), code: z.string().optional() });
const order = z.looseObject({
  resourceType: z.string(),
  id: z.string().optional(),
  code: z.looseObject({ coding: z.array(coding).optional() }).optional(),
});
const call = z.looseObject({
  hook: z.enum(HOOKS),
  hookInstance: text,
  context: z.looseObject({
    userId: text,
    patientId: text,
    selections: z.array(z.string()).optional(),
    draftOrders: z.looseObject({
      resourceType: z.literal('Bundle'),
      entry: z.array(z.looseObject({ resource: order.optional() })).optional(),
    }),
  }),
  prefetch: z.record(z.string(), z.unknown()).optional(),
});
const patient = z.looseObject({
  resourceType: z.literal('Patient'),
  identifier: z.array(z.looseObject({ system: z.string().optional(), value: z.string().optional() })).optional(),
});
const feedback = z.looseObject({
  feedback: z
    .array(
      z.looseObject({
        card: z.string(),
        outcome: z.enum(['accepted', 'overridden']),
        overrideReason: z
          .looseObject({
            reason: z.looseObject({ code: z.string() }).optional(),
            userComment: z.string().max(2000).optional(),
          })
          .nullish(),
        outcomeTimestamp: z.iso.datetime({ offset: true }),
      }),
    )
    .min(1)
    .max(100),
});

export interface DraftOrder {
  item: string;
  /** `ServiceRequest/<id>` in the asking system, where the draft has one */
  reference: string | null;
}

export interface CdsCall {
  hook: Hook;
  hookInstance: string;
  userId: string;
  identifiers: { system: string; value: string }[];
  orders: DraftOrder[];
}

/** CDS Hooks 2.0: the service could not get the data that it declared under `prefetch`. */
export class PrefetchMissing extends Error {
  override readonly name = 'PrefetchMissing';
}

/**
 * A call of order-select or order-sign. At order-select only the drafts named in `context.selections` are asked about.
 * @throws Refusal `invalid` / malformed-request; PrefetchMissing when `prefetch.patient` is absent, null, or the OperationOutcome that
 *   a client puts where its own query failed
 */
export function parseCall(body: unknown): CdsCall {
  const parsed = checked(call, body);
  const given = parsed.prefetch?.['patient'];
  if (
    given === undefined ||
    given === null ||
    (given as { resourceType?: unknown }).resourceType === 'OperationOutcome'
  ) {
    throw new PrefetchMissing('The prefetch "patient" is needed; Qiao does not query the client\'s FHIR server.');
  }
  const { identifier = [] } = checked(patient, given, 'prefetch.patient');
  const { context, hook, hookInstance } = parsed;
  const selections = hook === 'order-select' ? context.selections : undefined;
  return {
    hook,
    hookInstance,
    userId: context.userId,
    identifiers: identifier.flatMap(({ system, value }) => (system && value ? [{ system, value }] : [])),
    orders: (context.draftOrders.entry ?? []).flatMap(({ resource }) => {
      if (resource?.resourceType !== 'ServiceRequest') return [];
      const reference = resource.id === undefined ? null : `ServiceRequest/${resource.id}`;
      if (selections !== undefined && (reference === null || !selections.includes(reference))) return [];
      const items = (resource.code?.coding ?? []).filter((one) => one.system === ITEM_SYSTEM && one.code);
      return items.map((one) => ({ item: one.code!, reference }));
    }),
  };
}

export interface CdsFeedback {
  cardId: string;
  outcome: 'accepted' | 'overridden';
  reason?: { code: string; text: string | null };
}

/** @throws Refusal `invalid` / malformed-request */
export function parseFeedback(body: unknown): CdsFeedback[] {
  return checked(feedback, body).feedback.map(({ card, outcome, overrideReason }) => {
    const decision: CdsFeedback = { cardId: card.toLowerCase(), outcome };
    const reason = overrideReason?.reason;
    if (reason) decision.reason = { code: reason.code, text: overrideReason.userComment ?? null };
    return decision;
  });
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where = ''): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [where, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw new Refusal('invalid', 'malformed-request', `${path || 'The request'}: ${issue?.message ?? 'malformed'}`);
}
