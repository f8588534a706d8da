import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FsObjectStore } from '#libs/adapters/store-fs';
import { CatalogueModule, FindAttributes, OnInstanceStored } from '#libs/catalogue';
import { dictionaryVr, tagOf, text, type DicomJson } from '#libs/formats/dicom';
import { AuditTrail } from '#libs/audit';
import { IngestRepository, Spool } from '#libs/ingest';
import { newId } from '#libs/kernel';
import { Database, Outbox } from '#libs/persistence';
import { ObjectStore, PixelCodec } from '#libs/ports';

type Plain = string | number | undefined | readonly (string | number)[] | readonly Record<string, string>[];

/** DICOM JSON of attributes by keyword; person names as text with `^` and `=`. */
export function header(attributes: Readonly<Record<string, Plain>>): DicomJson {
  const json: DicomJson = {};
  for (const [keyword, plain] of Object.entries(attributes)) {
    const tag = tagOf(keyword);
    if (tag === undefined) throw new Error(`${keyword} is no attribute`);
    const vr = dictionaryVr(tag)!;
    const values = (plain === undefined || plain === '' ? [] : Array.isArray(plain) ? plain : [plain]) as (
      string | number | Record<string, string>
    )[];
    const Value = values.map((value) => {
      if (typeof value === 'object') return header(value);
      if (vr !== 'PN') return value;
      const [Alphabetic, Ideographic, Phonetic] = String(value).split('=');
      return { ...(Alphabetic && { Alphabetic }), ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) };
    });
    json[tag] = Value.length === 0 ? { vr } : { vr, Value };
  }
  return json;
}

/** What the stages expect below them. */
@Global()
@Module({})
export class Ground {
  static of(database: Database, objects: ObjectStore, folder: string): DynamicModule {
    const providers = [
      { provide: Database, useValue: database },
      { provide: Outbox, useValue: new Outbox(database) },
      { provide: AuditTrail, useValue: new AuditTrail(database) },
      { provide: ObjectStore, useValue: objects },
      { provide: PixelCodec, useValue: {} },
      { provide: Spool, useValue: new Spool(join(folder, 'spool')) },
    ];
    return { module: Ground, providers, exports: providers.map(({ provide }) => provide) };
  }
}

/** The catalogue over a scratch database: files headers as instances that arrive do, and finds them. No bytes are stored. */
export class Catalogued {
  private constructor(
    private readonly database: Database,
    private readonly folder: string,
    readonly find: FindAttributes,
    private readonly ingest: IngestRepository,
    private readonly filing: OnInstanceStored,
  ) {}

  static async over(database: Database): Promise<Catalogued> {
    const folder = mkdtempSync(join(tmpdir(), 'qiao-catalogued-'));
    const objects = await FsObjectStore.open({ root: join(folder, 'objects') });
    const module = await Test.createTestingModule({
      imports: [Ground.of(database, objects, folder), CatalogueModule],
    })
      // Rendering and the like want parts that nothing here asks for.
      .useMocker(() => ({}))
      .compile();
    const part = <T>(type: abstract new (...parts: never[]) => T): T => module.get(type, { strict: false });
    return new Catalogued(database, folder, part(FindAttributes), part(IngestRepository), part(OnInstanceStored));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async file(organisation: string, attributes: Readonly<Record<string, Plain>>): Promise<void> {
    const json = header(attributes);
    const id = newId();
    await this.ingest.add(
      {
        id,
        organisation,
        sopInstanceUid: text(json, '00080018')!,
        sopClassUid: text(json, '00080016') ?? '1.2.840.10008.5.1.4.1.1.2',
        transferSyntaxUid: '1.2.840.10008.1.2.1',
        studyInstanceUid: text(json, '0020000D')!,
        seriesInstanceUid: text(json, '0020000E')!,
        digest: id,
        format: 'dicom',
        objectKey: id,
        sizeBytes: 1,
        datasetOffset: 0,
        pixelData: null,
        attributes: json,
        source: { transport: 'stow', sender: 'test' },
      },
      Promise.resolve(),
    );
    await this.database.transaction(() =>
      this.filing.handle([{ id: '1', name: 'instance-stored', key: '', payload: { instanceId: id } }]),
    );
  }
}
