import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';

/** Of each lead: pairs in a second, seconds in a block, microvolts in a unit, and the value of a pair in which nothing was measured. */
export const ECG_LEVELS = { pairsPerSecond: 25, blockSeconds: 600, microvoltsPerUnit: 10, nothing: -0x8000 } as const;

const { pairsPerSecond, blockSeconds, microvoltsPerUnit, nothing } = ECG_LEVELS;
const BLOCK_PAIRS = pairsPerSecond * blockSeconds;
const LIMIT = 0x7fff;
const MAGIC = 'qiao-ecg-levels1';
/** Magic, and how long the head behind it is. */
const PREFIX = MAGIC.length + 4;

interface Head {
  readonly seconds: number;
  /** What else the writer had to say of the recording, as JSON. */
  readonly about: unknown;
  readonly leads: readonly { readonly name: string; readonly pairs: number; readonly blockBytes: readonly number[] }[];
}

/** The lowest and the highest value of every 40 ms, by turns, in units of 10 microvolts. */
class LeadLevels {
  readonly blocks: Uint8Array[] = [];
  private pairs = new Int16Array(BLOCK_PAIRS * 2).fill(nothing);
  private block = 0;

  constructor(
    readonly name: string,
    private readonly total: number,
  ) {}

  push({ samples, startSeconds, skewSeconds = 0, sampleRateHz, ...lead }: EcgLead, begin: number): void {
    const unit = lead.microvoltsPerUnit / microvoltsPerUnit;
    const base = lead.baselineMicrovolts / microvoltsPerUnit;
    const first = startSeconds + skewSeconds - begin;
    for (let i = 0; i < samples.length; i += 1) {
      if (samples[i] === lead.missingValue) continue;
      const pair = Math.floor((first + i / sampleRateHz) * pairsPerSecond + 1e-6);
      if (pair < 0 || pair >= this.total) continue;
      const block = Math.floor(pair / BLOCK_PAIRS);
      while (this.block < block) this.next();
      if (block < this.block) continue;
      const value = Math.max(-LIMIT, Math.min(LIMIT, Math.round(samples[i]! * unit + base)));
      const at = (pair % BLOCK_PAIRS) * 2;
      if (this.pairs[at] === nothing) this.pairs[at] = this.pairs[at + 1] = value;
      else if (value < this.pairs[at]!) this.pairs[at] = value;
      else if (value > this.pairs[at + 1]!) this.pairs[at + 1] = value;
    }
  }

  end(): { name: string; pairs: number; blockBytes: number[] } {
    while (this.block * BLOCK_PAIRS < this.total) this.next();
    return { name: this.name, pairs: this.total, blockBytes: this.blocks.map(({ length }) => length) };
  }

  private next(): void {
    const held = Math.min(BLOCK_PAIRS, this.total - this.block * BLOCK_PAIRS) * 2;
    const bytes = Buffer.alloc(held * 2);
    for (let i = 0; i < held; i += 1) bytes.writeInt16LE(this.pairs[i]!, i * 2);
    this.blocks.push(deflateRawSync(bytes, { level: 6 }));
    this.pairs.fill(nothing);
    this.block += 1;
  }
}

/** Makes the levels of a long recording from its stretches as they come, one after the other; memory does not grow with its length. */
export class EcgLevelsWriter {
  private readonly leads: LeadLevels[];

  /** `begin` is where on the recording's clock (`EcgLead.startSeconds`) its first lead starts. */
  constructor(
    names: readonly string[],
    private readonly seconds: number,
    private readonly begin = 0,
  ) {
    const pairs = Math.ceil(seconds * pairsPerSecond - 1e-6);
    this.leads = names.map((name) => new LeadLevels(name, pairs));
  }

  /** The leads of each stretch in the order of the names. */
  push(stretch: EcgRecording): void {
    stretch.leads.forEach((lead, i) => this.leads[i]?.push(lead, this.begin));
  }

  /** `about` is kept with them, as JSON. */
  end(about: unknown = null): Buffer {
    const leads = this.leads.map((lead) => lead.end());
    const head = deflateRawSync(JSON.stringify({ seconds: this.seconds, about, leads } satisfies Head));
    const prefix = Buffer.alloc(PREFIX);
    prefix.write(MAGIC, 'latin1');
    prefix.writeUInt32LE(head.length, MAGIC.length);
    return Buffer.concat([prefix, head, ...this.leads.flatMap(({ blocks }) => blocks)]);
  }
}

/** Reads what `EcgLevelsWriter` wrote, any stretch of a lead without the rest. */
export class EcgLevelsReader {
  /** Enough of the beginning for {@link EcgLevelsReader.open}. */
  static readonly HEAD = 256 * 1024;

  private constructor(
    private readonly head: Head,
    private readonly blocksAt: number,
  ) {}

  /** @throws EcgFormatError damaged */
  static open(beginning: Uint8Array): EcgLevelsReader {
    const bytes = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.byteLength);
    const damaged = (): EcgFormatError => new EcgFormatError('damaged', 'These are no levels of an ECG.');
    if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC || bytes.length < PREFIX) throw damaged();
    const end = PREFIX + bytes.readUInt32LE(MAGIC.length);
    if (end > bytes.length) throw damaged();
    return new EcgLevelsReader(JSON.parse(inflateRawSync(bytes.subarray(PREFIX, end)).toString()) as Head, end);
  }

  get leads(): readonly string[] {
    return this.head.leads.map(({ name }) => name);
  }

  get seconds(): number {
    return this.head.seconds;
  }

  get about(): unknown {
    return this.head.about;
  }

  /** Where the blocks lie that hold the stretch of lead `name`. */
  bytesOf(name: string, fromSeconds: number, seconds: number): { start: number; length: number } {
    const { at, blockBytes } = this.place(name);
    const [from, to] = this.blocks(name, fromSeconds, seconds);
    const before = sum(blockBytes.slice(0, from));
    return { start: this.blocksAt + at + before, length: sum(blockBytes.slice(from, to)) };
  }

  /** Lowest and highest value by turns, in units of `ECG_LEVELS`, from the first pair at `fromSeconds` on, out of just those bytes. */
  cut(bytes: Uint8Array, name: string, fromSeconds: number, seconds: number): Int16Array {
    const { blockBytes, pairs } = this.place(name);
    const [from, to] = this.blocks(name, fromSeconds, seconds);
    const blocks: Buffer[] = [];
    let at = 0;
    for (const length of blockBytes.slice(from, to)) {
      blocks.push(inflateRawSync(bytes.subarray(at, at + length), { maxOutputLength: BLOCK_PAIRS * 4 }));
      at += length;
    }
    const all = Buffer.concat(blocks);
    const first = Math.min(pairs, Math.max(0, Math.round(fromSeconds * pairsPerSecond)));
    const last = Math.min(pairs, Math.max(first, Math.round((fromSeconds + seconds) * pairsPerSecond)));
    const skip = first - from * BLOCK_PAIRS;
    return Int16Array.from({ length: (last - first) * 2 }, (_, i) => all.readInt16LE((skip * 2 + i) * 2));
  }

  private blocks(name: string, fromSeconds: number, seconds: number): [number, number] {
    const { blockBytes } = this.place(name);
    const from = Math.min(blockBytes.length, Math.max(0, Math.floor(fromSeconds / blockSeconds)));
    const to = Math.min(blockBytes.length, Math.ceil((fromSeconds + seconds) / blockSeconds));
    return [from, Math.max(from, to)];
  }

  private place(name: string): { at: number; blockBytes: readonly number[]; pairs: number } {
    let at = 0;
    for (const lead of this.head.leads) {
      if (lead.name === name) return { at, blockBytes: lead.blockBytes, pairs: lead.pairs };
      at += sum(lead.blockBytes);
    }
    throw new RangeError(`The recording has no lead ${name}.`);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
