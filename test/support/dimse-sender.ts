import { CT_IMAGE_STORAGE, data, DimseClient, EXPLICIT_LITTLE_ENDIAN, pdv, storeCommand } from './dimse-client.js';

const PIECE = 16_000;

/** One association that stores CT instances one after the other and gives the status of each. */
export class DimseSender {
  private messageId = 0;

  private constructor(private readonly client: DimseClient) {}

  static async associate(port: number, calling: string): Promise<DimseSender> {
    const contexts: [number, string, string[]][] = [[1, CT_IMAGE_STORAGE, [EXPLICIT_LITTLE_ENDIAN]]];
    return new DimseSender(await DimseClient.associate(port, { calling, contexts }));
  }

  /** @throws Error when the connection ends before the answer: nothing was acknowledged then */
  async store(instance: { sopInstanceUid: string; dataset: Buffer }): Promise<number> {
    this.messageId = (this.messageId % 60_000) + 1;
    await this.client.send(data(pdv(1, 'command', true, storeCommand(this.messageId, instance.sopInstanceUid))));
    for (let at = 0; at < instance.dataset.length; at += PIECE) {
      const end = Math.min(instance.dataset.length, at + PIECE);
      await this.client.send(data(pdv(1, 'data', end === instance.dataset.length, instance.dataset.subarray(at, end))));
    }
    return (await this.client.response()).status;
  }

  release(): Promise<void> {
    return this.client.release();
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
