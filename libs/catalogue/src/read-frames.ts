import { Injectable } from '@nestjs/common';
import { inflateDataset, integer, locateFrames, transferSyntaxOf, type FrameTable } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';

const REMEMBERED_TABLES = 256;
const DEFLATED = '1.2.840.10008.1.2.1.99';

/** The bytes of single frames as they were stored. */
@Injectable()
export class ReadFrames {
  /** where the frames of encapsulated objects lie; objects never change, so neither does this */
  private readonly tables = new Map<string, FrameTable>();

  constructor(private readonly objects: ObjectStore) {}

  /** How many frames the instance has; 0: no pixel data. */
  count(instance: InstanceLocation): number {
    return instance.pixelData === null ? 0 : (integer(instance.attributes, '00280008') ?? 1);
  }

  /**
   * Frame `number` (from 1): for native syntaxes its bytes (of the inflated data set where that is deflated), for encapsulated ones its
   * fragments joined.
   * @throws Refusal `not-found` / frame-not-found; `invalid` / frames-unclear …
   */
  async frame(instance: InstanceLocation, number: number): Promise<Buffer> {
    if (!Number.isInteger(number) || number < 1 || number > this.count(instance)) {
      throw new Refusal(
        'not-found',
        'frame-not-found',
        `This instance has ${this.count(instance)} frame(s), not ${number}.`,
      );
    }
    if (instance.transferSyntaxUid === DEFLATED) return this.inflatedFrame(instance, number);
    const native = transferSyntaxOf(instance.transferSyntaxUid)?.encapsulated === false;
    if (native) {
      const length = this.nativeLength(instance);
      if (length !== undefined) {
        return this.objects.getRange(
          instance.objectKey,
          instance.datasetOffset + instance.pixelData!.offset + (number - 1) * length,
          length,
        );
      }
    }
    const table = this.tables.get(instance.digest) ?? (await this.locate(instance));
    const frame = table.frames[number - 1];
    if (!frame) throw new Refusal('not-found', 'frame-not-found', `There is no frame ${number}.`);
    const parts = await Promise.all(
      frame.fragments.map((part) =>
        this.objects.getRange(instance.objectKey, instance.datasetOffset + part.offset, part.length),
      ),
    );
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Bytes of one native frame, where frames begin at whole bytes. */
  private nativeLength({ attributes }: InstanceLocation): number | undefined {
    const [rows, columns, bits] = ['00280010', '00280011', '00280100'].map((tag) => integer(attributes, tag) ?? 0);
    const samples = integer(attributes, '00280002') ?? 1;
    if (!rows || !columns || !bits || bits % 8 !== 0) return undefined;
    // 4:2:2 stores two samples of colour for each four of brightness (PS3.3 C.7.6.3.1.2).
    const photometric = attributes['00280004']?.Value?.[0];
    const stored = photometric === 'YBR_FULL_422' ? 2 : samples;
    return (rows * columns * stored * bits) / 8;
  }

  private async dataset(instance: InstanceLocation): Promise<Buffer> {
    return this.objects.getRange(
      instance.objectKey,
      instance.datasetOffset,
      instance.sizeBytes - instance.datasetOffset,
    );
  }

  private async locate(instance: InstanceLocation): Promise<FrameTable> {
    const table = locateFrames(
      await this.dataset(instance),
      instance.transferSyntaxUid,
      instance.attributes,
      instance.pixelData!,
    );
    if (this.tables.size >= REMEMBERED_TABLES) this.tables.delete(this.tables.keys().next().value!);
    this.tables.set(instance.digest, table);
    return table;
  }

  private async inflatedFrame(instance: InstanceLocation, number: number): Promise<Buffer> {
    const dataset = inflateDataset(await this.dataset(instance));
    const table = locateFrames(dataset, instance.transferSyntaxUid, instance.attributes, instance.pixelData!);
    const frame = table.frames[number - 1];
    if (!frame) throw new Refusal('not-found', 'frame-not-found', `There is no frame ${number}.`);
    return Buffer.concat(frame.fragments.map((part) => dataset.subarray(part.offset, part.offset + part.length)));
  }
}
