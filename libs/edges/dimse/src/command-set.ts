/** Values of CommandField (0000,0100), PS3.7 table E.1-1. */
export const COMMAND_FIELD = {
  cStoreRequest: 0x0001,
  cStoreResponse: 0x8001,
  cEchoRequest: 0x0030,
  cEchoResponse: 0x8030,
  cCancelRequest: 0x0fff,
} as const;

/** Status codes of PS3.7 annex C and PS3.4 table B.2-1 that this room itself gives. */
export const DIMSE_STATUS = {
  success: 0x0000,
  processingFailure: 0x0110,
  invalidSopInstance: 0x0117,
  sopClassNotSupported: 0x0122,
  notAuthorised: 0x0124,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
  outOfResources: 0xa700,
} as const;

/** Command elements by their element number in group 0000. */
export const COMMAND_ELEMENT = {
  groupLength: 0x0000,
  affectedSopClassUid: 0x0002,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  commandDataSetType: 0x0800,
  status: 0x0900,
  offendingElement: 0x0901,
  errorComment: 0x0902,
  affectedSopInstanceUid: 0x1000,
} as const;

const NO_DATA_SET = 0x0101;
const RESPONSE_BIT = 0x8000;

/** A request as it came. Fields that a request may lack are null; `hasDataSet` tells whether a data set follows. */
export interface DimseRequest {
  readonly commandField: number;
  readonly messageId: number;
  readonly affectedSopClassUid: string | null;
  readonly affectedSopInstanceUid: string | null;
  readonly hasDataSet: boolean;
}

/** What is said back: `status` and, where something went wrong, why. */
export interface DimseAnswer {
  readonly status: number;
  readonly comment?: string;
  /** Element number in group 0000 that was at fault. */
  readonly offendingElement?: number;
}

/** The bytes are no command set that could be answered. */
export class CommandSetError extends Error {
  override readonly name = 'CommandSetError';
}

/** Reads a command set, Implicit VR Little Endian as always (PS3.7 section 6.3.1). @throws CommandSetError */
export function decodeRequest(bytes: Buffer): DimseRequest {
  const elements = readElements(bytes);
  const commandField = readNumber(elements, COMMAND_ELEMENT.commandField);
  const cancel = commandField === COMMAND_FIELD.cCancelRequest;
  // C-CANCEL-RQ names the message it cancels and has no message id of its own (PS3.7 section 9.3.2.3).
  const messageId = readNumber(
    elements,
    cancel ? COMMAND_ELEMENT.messageIdBeingRespondedTo : COMMAND_ELEMENT.messageId,
  );
  const dataSetType = readNumber(elements, COMMAND_ELEMENT.commandDataSetType);
  return {
    commandField,
    messageId,
    affectedSopClassUid: readUid(elements, COMMAND_ELEMENT.affectedSopClassUid),
    affectedSopInstanceUid: readUid(elements, COMMAND_ELEMENT.affectedSopInstanceUid),
    hasDataSet: dataSetType !== NO_DATA_SET,
  };
}

/** True for a response, which a provider has no use for. */
export function isResponse(commandField: number): boolean {
  return (commandField & RESPONSE_BIT) !== 0;
}

/** The response to `request`, without a data set. The UIDs of the request are echoed. */
export function encodeResponse(request: DimseRequest, answer: DimseAnswer): Buffer {
  const parts: Buffer[] = [];
  if (request.affectedSopClassUid !== null) {
    parts.push(element(COMMAND_ELEMENT.affectedSopClassUid, uid(request.affectedSopClassUid)));
  }
  parts.push(
    element(COMMAND_ELEMENT.commandField, us(request.commandField | RESPONSE_BIT)),
    element(COMMAND_ELEMENT.messageIdBeingRespondedTo, us(request.messageId)),
    element(COMMAND_ELEMENT.commandDataSetType, us(NO_DATA_SET)),
    element(COMMAND_ELEMENT.status, us(answer.status)),
  );
  if (answer.status !== DIMSE_STATUS.success) {
    if (answer.offendingElement !== undefined) {
      const tag = Buffer.alloc(4);
      tag.writeUInt16LE(answer.offendingElement, 2);
      parts.push(element(COMMAND_ELEMENT.offendingElement, tag));
    }
    const comment = errorComment(answer.comment ?? '');
    if (comment !== '') parts.push(element(COMMAND_ELEMENT.errorComment, padded(comment, ' ')));
  }
  if (request.affectedSopInstanceUid !== null) {
    parts.push(element(COMMAND_ELEMENT.affectedSopInstanceUid, uid(request.affectedSopInstanceUid)));
  }
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(COMMAND_ELEMENT.groupLength, length), body]);
}

/** ErrorComment is an LO of 64 characters in the default repertoire: anything else becomes a question mark. */
export function errorComment(text: string): string {
  return Array.from(text, (character) => (/^[ -[\]-~]$/.test(character) ? character : '?'))
    .join('')
    .trim()
    .slice(0, 64)
    .trimEnd();
}

/**
 * Whether the text can stand for a UID: at most 64 letters, digits, dots, hyphens and underscores. Looser than PS3.5 section 9.1,
 * because files with a hash for a UID are met in practice and are better judged behind the door; but nothing that could lead
 * out of a folder or into a query comes through.
 */
export function mayBeUid(text: string | null): text is string {
  return text !== null && /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/.test(text);
}

type Elements = ReadonlyMap<number, Buffer>;

function readElements(bytes: Buffer): Elements {
  const elements = new Map<number, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 8 > bytes.length) throw new CommandSetError('the command set ends inside an element header');
    if (bytes.readUInt16LE(offset) !== 0) throw new CommandSetError('the command set leaves group 0000');
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    if (end > bytes.length) throw new CommandSetError('the command set ends inside a value');
    elements.set(bytes.readUInt16LE(offset + 2), bytes.subarray(offset + 8, end));
    offset = end;
  }
  return elements;
}

function readNumber(elements: Elements, number: number): number {
  const value = elements.get(number);
  if (value?.length !== 2) throw new CommandSetError(`(0000,${hex(number)}) is missing or not a US`);
  return value.readUInt16LE(0);
}

function readUid(elements: Elements, number: number): string | null {
  const text =
    elements
      .get(number)
      ?.toString('latin1')
      .replace(/[\0 ]+$/, '') ?? '';
  return text === '' ? null : text;
}

function element(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uid(value: string): Buffer {
  return padded(value, '\0');
}

function padded(text: string, padding: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + padding, 'latin1');
}

function hex(number: number): string {
  return number.toString(16).padStart(4, '0');
}
