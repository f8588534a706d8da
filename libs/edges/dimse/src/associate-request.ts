/** One presentation context as proposed (PS3.8 section 9.3.2.2). */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** SCP/SCU role selection of one SOP class (PS3.7 section D.3.3.4). */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** SOP Class Extended Negotiation (PS3.7 section D.3.3.5): the application information is the service class's own. */
export interface ExtendedNegotiation {
  readonly sopClassUid: string;
  readonly information: Buffer;
}

/** Asynchronous Operations Window (PS3.7 section D.3.3.3); 0 is no limit. */
export interface OperationsWindow {
  readonly invoked: number;
  readonly performed: number;
}

/** An A-ASSOCIATE-RQ as far as an acceptor needs it. */
export interface AssociateRequest {
  readonly protocolVersion: number;
  /** Without the padding. */
  readonly calledAe: string;
  readonly callingAe: string;
  /** Called AE, calling AE and the reserved bytes behind them, which the answer repeats as they came. */
  readonly echoed: Buffer;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  /** PDU-length the proposer takes; 0 is no limit. */
  readonly maximumLength: number;
  readonly implementationClassUid: string | null;
  readonly implementationVersionName: string | null;
  /** Null where asynchronous operations were not offered: one at a time. */
  readonly window: OperationsWindow | null;
  readonly roles: readonly RoleSelection[];
  readonly extended: readonly ExtendedNegotiation[];
}

/** The bytes are no A-ASSOCIATE-RQ. */
export class AssociateRequestError extends Error {
  override readonly name = 'AssociateRequestError';
}

/** Item types of PS3.8 section 9.3.2 and PS3.7 annex D. */
export const ITEM = {
  applicationContext: 0x10,
  proposedContext: 0x20,
  acceptedContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUid: 0x52,
  asynchronousOperations: 0x53,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  extendedNegotiation: 0x56,
} as const;

const FIXED_PART = 68;

/**
 * Reads the body of an A-ASSOCIATE-RQ. Items this acceptor has no use for (user identity, common extended negotiation,
 * anything unknown) are stepped over, as PS3.8 section 9.3.1 wants it. @throws AssociateRequestError
 */
export function decodeAssociateRequest(body: Buffer): AssociateRequest {
  if (body.length < FIXED_PART) throw new AssociateRequestError('the request is shorter than its fixed part');
  const contexts: ProposedContext[] = [];
  const ids = new Set<number>();
  let applicationContext = '';
  let user: UserInformation = NO_USER_INFORMATION;
  for (const item of readItems(body.subarray(FIXED_PART))) {
    if (item.type === ITEM.applicationContext) applicationContext = uidText(item.value);
    else if (item.type === ITEM.userInformation) user = readUserInformation(item.value);
    else if (item.type === ITEM.proposedContext) {
      const context = readContext(item.value);
      if (ids.has(context.id)) throw new AssociateRequestError(`presentation context ${context.id} is proposed twice`);
      ids.add(context.id);
      contexts.push(context);
    }
  }
  if (contexts.length === 0) throw new AssociateRequestError('no presentation context is proposed');
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAe: aeTitle(body.subarray(4, 20)),
    callingAe: aeTitle(body.subarray(20, 36)),
    echoed: body.subarray(4, FIXED_PART),
    applicationContext,
    contexts,
    ...user,
  };
}

type UserInformation = Pick<
  AssociateRequest,
  'maximumLength' | 'implementationClassUid' | 'implementationVersionName' | 'window' | 'roles' | 'extended'
>;

const NO_USER_INFORMATION: UserInformation = {
  maximumLength: 0,
  implementationClassUid: null,
  implementationVersionName: null,
  window: null,
  roles: [],
  extended: [],
};

function readUserInformation(bytes: Buffer): UserInformation {
  let { maximumLength, implementationClassUid, implementationVersionName, window } = NO_USER_INFORMATION;
  const roles: RoleSelection[] = [];
  const extended: ExtendedNegotiation[] = [];
  for (const { type, value } of readItems(bytes)) {
    if (type === ITEM.maximumLength) {
      if (value.length !== 4) throw new AssociateRequestError('the maximum length is not four bytes');
      maximumLength = value.readUInt32BE(0);
    } else if (type === ITEM.implementationClassUid) implementationClassUid = uidText(value);
    else if (type === ITEM.implementationVersionName) implementationVersionName = value.toString('latin1').trim();
    else if (type === ITEM.asynchronousOperations) window = readWindow(value);
    else if (type === ITEM.roleSelection) roles.push(readRole(value));
    else if (type === ITEM.extendedNegotiation) extended.push(readExtended(value));
  }
  return { maximumLength, implementationClassUid, implementationVersionName, window, roles, extended };
}

function readWindow(value: Buffer): OperationsWindow {
  if (value.length !== 4) throw new AssociateRequestError('the asynchronous operations window is not four bytes');
  return { invoked: value.readUInt16BE(0), performed: value.readUInt16BE(2) };
}

function readExtended(value: Buffer): ExtendedNegotiation {
  const length = value.length < 2 ? -1 : value.readUInt16BE(0);
  if (length < 0 || value.length < length + 2) throw new AssociateRequestError('an extended negotiation is too short');
  return { sopClassUid: uidText(value.subarray(2, 2 + length)), information: value.subarray(2 + length) };
}

function readRole(value: Buffer): RoleSelection {
  const length = value.length < 2 ? -1 : value.readUInt16BE(0);
  if (length < 0 || value.length < length + 4) throw new AssociateRequestError('a role selection is too short');
  return {
    sopClassUid: uidText(value.subarray(2, 2 + length)),
    scu: value.readUInt8(2 + length) === 1,
    scp: value.readUInt8(3 + length) === 1,
  };
}

function readContext(value: Buffer): ProposedContext {
  if (value.length < 4) throw new AssociateRequestError('a presentation context is too short');
  const id = value.readUInt8(0);
  if (id % 2 === 0) throw new AssociateRequestError(`presentation context id ${id} is not odd`);
  let abstractSyntax = '';
  const transferSyntaxes: string[] = [];
  for (const item of readItems(value.subarray(4))) {
    if (item.type === ITEM.abstractSyntax) abstractSyntax = uidText(item.value);
    else if (item.type === ITEM.transferSyntax) transferSyntaxes.push(uidText(item.value));
  }
  return { id, abstractSyntax, transferSyntaxes };
}

/** The items or sub-items of a PDU body. @throws AssociateRequestError */
export function* readItems(bytes: Buffer): Generator<{ type: number; value: Buffer }> {
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) throw new AssociateRequestError('the request ends inside an item header');
    const end = offset + 4 + bytes.readUInt16BE(offset + 2);
    if (end > bytes.length) throw new AssociateRequestError('an item is longer than what holds it');
    yield { type: bytes.readUInt8(offset), value: bytes.subarray(offset + 4, end) };
    offset = end;
  }
}

/** A UID without its padding. */
export function uidText(value: Buffer): string {
  return value.toString('latin1').replace(/[\0 ]+$/, '');
}

/** Leading and trailing spaces are not significant; some senders pad with zero bytes. */
function aeTitle(value: Buffer): string {
  return value.toString('latin1').replace(/\0+$/, '').trim();
}
