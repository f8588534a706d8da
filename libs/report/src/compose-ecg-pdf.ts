import { Injectable } from '@nestjs/common';
import { ReadEcgRecording } from '#libs/catalogue';
import { deriveLimbLeads, secondsOf, type EcgMeasurement, type EcgRecording } from '#libs/formats/ecg';
import { layoutEcgPage, type EcgLayout } from '#libs/formats/ecg-page';
import { renderEcgPdf, type EcgPdfContent } from '#libs/formats/report-pdf';
import { Refusal } from '#libs/kernel';
import { ReportFontFiles } from './compose-report-pdf.js';

/** The paper is as long at every speed: 25 mm/s for ten seconds. */
const PAPER_MM = 250;

export interface EcgSheetSubject extends Pick<
  EcgPdfContent,
  'institution' | 'patient' | 'accessionNumber' | 'examined' | 'arrived'
> {
  readonly examId: string;
}

export interface EcgSheetView {
  readonly speedMmPerS: number;
  readonly gainMmPerMv: number;
  readonly layout: EcgLayout;
  readonly cabrera: boolean;
  /** Where the page begins, in seconds from the start of the recording. */
  readonly fromSeconds: number;
}

/** The ECG by itself on a sheet to scale, before anybody has read it. */
@Injectable()
export class ComposeEcgPdf {
  constructor(
    private readonly ecgs: ReadEcgRecording,
    private readonly fonts: ReportFontFiles,
  ) {}

  /**
   * @param compute what is measured, of the whole recording where it is at hand
   * @throws Refusal as `ReadEcgRecording.ofExam`; `invalid` / ecg-ended where the page begins after the recording
   */
  async compose(
    { examId, ...subject }: EcgSheetSubject,
    { fromSeconds, ...view }: EcgSheetView,
    compute: (recording: EcgRecording | null) => Promise<readonly EcgMeasurement[] | null>,
  ): Promise<Uint8Array> {
    const paperSeconds = PAPER_MM / view.speedMmPerS;
    const { recording, stretch } = await this.ecgs.partOfExam(examId, { fromSeconds, seconds: paperSeconds });
    const ofSeconds = stretch ? stretch.ofSeconds : secondsOf(recording);
    if (fromSeconds >= ofSeconds)
      throw new Refusal('invalid', 'ecg-ended', `This recording is ${Math.round(ofSeconds)} s long.`);
    const leads = [...recording.leads, ...deriveLimbLeads(recording)];
    const page = layoutEcgPage(
      { ...recording, leads },
      {
        ...view,
        fromSeconds: stretch ? 0 : fromSeconds,
        seconds: Math.min(paperSeconds, Math.max(10, Math.ceil(ofSeconds))),
      },
    );
    const { device, measurements, statements } = recording;
    const machine = [device?.manufacturer, device?.model].filter((one) => one !== undefined && one !== 'Unknown');
    return renderEcgPdf(
      {
        ...subject,
        device: machine.join(' ') || null,
        timeZone: 'Asia/Shanghai',
        strip: { page, leads },
        stretch,
        byDevice: measurements,
        computed: (await compute(stretch ? null : recording)) ?? [],
        statements,
      },
      this.fonts.fonts,
    );
  }
}
