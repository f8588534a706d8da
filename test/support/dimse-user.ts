import { EXPLICIT_VR_LITTLE_ENDIAN, readAttributes, writeDataset } from '#libs/formats/dicom';
import type { DicomJson, WritableDataset } from '#libs/formats/dicom';
import { commandSet, data, DimseClient, item, pdv, type ReceivedCommand } from './dimse-client.js';

/** A message as it came: its command set and, where there is one, its data set. */
export interface ReceivedMessage extends ReceivedCommand {
  commandField: number;
  dataSet: DicomJson | null;
  /** as the bytes say, before they are decoded */
  bytes: Buffer;
}

export const number = (message: ReceivedMessage, element: number): number =>
  message.elements.get(element)?.readUInt16LE(0) ?? -1;

/** A small service class user: one presentation context, requests with data sets, whatever comes back. */
export class DimseUser {
  private messageId = 0;

  private constructor(readonly client: DimseClient) {}

  static async associate(
    port: number,
    calling: string,
    sopClass: string,
    more: { roles?: Buffer[]; contexts?: [number, string, string[]][] } = {},
  ): Promise<DimseUser> {
    const contexts = more.contexts ?? [[1, sopClass, [EXPLICIT_VR_LITTLE_ENDIAN]]];
    return new DimseUser(await DimseClient.associate(port, { calling, contexts, userItems: more.roles ?? [] }));
  }

  /** Sends a request; the answer is to be awaited by `message`. @returns its message id */
  async send(
    commandField: number,
    elements: [number, number | string | Buffer][],
    dataSet: WritableDataset | Buffer | null,
    contextId = 1,
  ): Promise<number> {
    this.messageId += 1;
    const command = commandSet(
      ...(
        [...elements, [0x0100, commandField], [0x0110, this.messageId], [0x0800, dataSet === null ? 0x0101 : 1]] as [
          number,
          number | string | Buffer,
        ][]
      ).sort(([a], [b]) => a - b),
    );
    const bytes = dataSet === null || Buffer.isBuffer(dataSet) ? dataSet : writeDataset(dataSet);
    await this.client.send(
      data(pdv(contextId, 'command', true, command)),
      ...(bytes === null ? [] : [data(pdv(contextId, 'data', true, bytes))]),
    );
    return this.messageId;
  }

  /** The next message, whoever it is from. @throws Error where something else comes */
  message(): Promise<ReceivedMessage> {
    return readMessage(this.client);
  }

  /** Answers a request of the other side. */
  async answer(
    message: ReceivedMessage,
    status: number,
    more: [number, number | string | Buffer][] = [],
  ): Promise<void> {
    const command = commandSet(
      [0x0100, message.commandField | 0x8000],
      [0x0120, number(message, 0x0110)],
      [0x0800, 0x0101],
      [0x0900, status],
      ...more,
    );
    await this.client.send(data(pdv(message.contextId, 'command', true, command)));
  }

  cancel(messageId: number): Promise<void> {
    const command = commandSet([0x0100, 0x0fff], [0x0120, messageId], [0x0800, 0x0101]);
    return this.client.send(data(pdv(1, 'command', true, command)));
  }

  release(): Promise<void> {
    return this.client.release();
  }
}

/** Role selection of one SOP class. */
export function role(sopClass: string, scu: boolean, scp: boolean): Buffer {
  const length = Buffer.from([0, sopClass.length]);
  return item(0x54, Buffer.concat([length, Buffer.from(sopClass), Buffer.from([scu ? 1 : 0, scp ? 1 : 0])]));
}

/** Puts one message together from its PDVs. */
export async function readMessage(client: DimseClient): Promise<ReceivedMessage> {
  const command: Buffer[] = [];
  const dataSet: Buffer[] = [];
  let contextId = 0;
  let commandEnded = false;
  let expects = false;
  let elements = new Map<number, Buffer>();
  for (;;) {
    const arrived = await client.next();
    if (arrived?.type !== 0x04) throw new Error(`expected P-DATA-TF, got ${arrived?.type ?? 'a closed connection'}`);
    for (let at = 0; at < arrived.body.length;) {
      const length = arrived.body.readUInt32BE(at);
      const control = arrived.body.readUInt8(at + 5);
      contextId = arrived.body.readUInt8(at + 4);
      const bytes = arrived.body.subarray(at + 6, at + 4 + length);
      at += 4 + length;
      (control & 1 ? command : dataSet).push(bytes);
      if (control === 3) {
        elements = elementsOf(Buffer.concat(command));
        commandEnded = true;
        expects = elements.get(0x0800)?.readUInt16LE(0) !== 0x0101;
      }
      if (commandEnded && (!expects || control === 2)) {
        const us = (element: number): number => elements.get(element)?.readUInt16LE(0) ?? -1;
        const whole = Buffer.concat(dataSet);
        return {
          contextId,
          elements,
          status: us(0x0900),
          messageId: us(0x0120),
          commandField: us(0x0100),
          bytes: whole,
          dataSet: expects ? readAttributes(whole, EXPLICIT_VR_LITTLE_ENDIAN).attributes : null,
        };
      }
    }
  }
}

function elementsOf(bytes: Buffer): Map<number, Buffer> {
  const elements = new Map<number, Buffer>();
  for (let offset = 0; offset < bytes.length;) {
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    elements.set(bytes.readUInt16LE(offset + 2), bytes.subarray(offset + 8, end));
    offset = end;
  }
  return elements;
}
