import { Injectable } from '@nestjs/common';
import { EcgLevelsReader, type EcgStretch } from '#libs/formats/ecg';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import type { EcgOverview } from './domain/measured-ecg.js';
import { EcgMeasuresRepository } from './ecg-measures.repository.js';

/** The lowest and the highest value of each 40 ms of a lead by turns, in units of `ECG_LEVELS`. */
export interface LeadLevels extends EcgStretch {
  readonly lead: string;
  readonly ofSeconds: number;
  readonly extremes: Int16Array;
}

/** What one finds one's way in an ECG of more than ten minutes by; there once it has been measured. */
@Injectable()
export class ReadEcgLevels {
  constructor(
    private readonly measures: EcgMeasuresRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** @throws Refusal `unavailable` / ecg-not-prepared */
  async overview(examId: string): Promise<EcgOverview & { leads: readonly string[]; ofSeconds: number }> {
    const { levels } = await this.open(examId);
    return { ...(levels.about as EcgOverview), leads: levels.leads, ofSeconds: levels.seconds };
  }

  /** A lead to be drawn small. @throws Refusal as `overview`; `not-found` / no-lead */
  async ofLead(examId: string, lead: string, wanted: EcgStretch): Promise<LeadLevels> {
    const { key, levels } = await this.open(examId);
    if (!levels.leads.includes(lead))
      throw new Refusal(
        'not-found',
        'no-lead',
        `The recording has no lead ${lead}; it has ${levels.leads.join(', ')}.`,
      );
    const fromSeconds = Math.min(wanted.fromSeconds, levels.seconds);
    const seconds = Math.min(wanted.seconds, levels.seconds - fromSeconds);
    const { start, length } = levels.bytesOf(lead, fromSeconds, seconds);
    const bytes = await this.objects.getRange(key, start, length);
    const extremes = levels.cut(bytes, lead, fromSeconds, seconds);
    return { fromSeconds, seconds, lead, ofSeconds: levels.seconds, extremes };
  }

  private async open(examId: string): Promise<{ key: string; levels: EcgLevelsReader }> {
    const found = await this.measures.levelsOfExam(examId);
    if (!found)
      throw new Refusal(
        'unavailable',
        'ecg-not-prepared',
        'There is no overview of this ECG: it is not long, or is still being measured.',
      );
    const beginning = await this.objects.getRange(found.key, 0, Math.min(EcgLevelsReader.HEAD, found.size));
    return { key: found.key, levels: EcgLevelsReader.open(beginning) };
  }
}
