import { items, text, type DicomJson } from '../../api/dicom-web.js';

/** One content item of a structured report (PS3.3 C.17.3), as it is read. */
export interface ReportLine {
  /** 0: right below the title */
  readonly depth: number;
  /** CONTAINER: a heading */
  readonly heading: boolean;
  readonly name: string;
  readonly value: string;
}

const tag = {
  ReferencedSOPInstanceUID: '00081155',
  CodeMeaning: '00080104',
  CodeValue: '00080100',
  ReferencedSOPSequence: '00081199',
  ValueType: '0040A040',
  ConceptNameCodeSequence: '0040A043',
  DateTime: '0040A120',
  Date: '0040A121',
  Time: '0040A122',
  PersonName: '0040A123',
  UID: '0040A124',
  TextValue: '0040A160',
  ConceptCodeSequence: '0040A168',
  MeasuredValueSequence: '0040A300',
  NumericValue: '0040A30A',
  MeasurementUnitsCodeSequence: '004008EA',
  ContentSequence: '0040A730',
  GraphicType: '00700023',
} as const;

const meaning = (dataset: DicomJson, sequence: string): string => {
  const [code] = items(dataset, sequence);
  return code ? text(code, tag.CodeMeaning) || text(code, tag.CodeValue) : '';
};

const date = (value: string): string => value.replace(/^(\d{4})(\d\d)(\d\d)/, '$1-$2-$3');
const time = (value: string): string =>
  value.replace(/^(\d\d)(\d\d)(\d\d)?.*$/, (_, h, m, s) => [h, m, s].filter(Boolean).join(':'));

function measured(item: DicomJson): string {
  const [value] = items(item, tag.MeasuredValueSequence);
  if (!value) return '';
  const [code] = items(value, tag.MeasurementUnitsCodeSequence);
  // "1" and "{…}" of UCUM are no units that are written.
  const unit = code ? text(code, tag.CodeMeaning) || text(code, tag.CodeValue) : '';
  const shown = /^(1|no units|\{.*\})$/i.test(unit) ? '' : unit;
  return [text(value, tag.NumericValue), shown].filter(Boolean).join(' ');
}

function valueOf(item: DicomJson): string {
  switch (text(item, tag.ValueType)) {
    case 'TEXT':
      return text(item, tag.TextValue);
    case 'NUM':
      return measured(item);
    case 'CODE':
      return meaning(item, tag.ConceptCodeSequence);
    case 'PNAME':
      return text(item, tag.PersonName).replaceAll('^', ' ').trim();
    case 'DATE':
      return date(text(item, tag.Date));
    case 'TIME':
      return time(text(item, tag.Time));
    case 'DATETIME': {
      const value = text(item, tag.DateTime);
      return [date(value.slice(0, 8)), time(value.slice(8))].filter(Boolean).join(' ');
    }
    case 'UIDREF':
      return text(item, tag.UID);
    case 'IMAGE':
    case 'COMPOSITE':
    case 'WAVEFORM':
      return items(item, tag.ReferencedSOPSequence)
        .map((one) => `→ ${text(one, tag.ReferencedSOPInstanceUID)}`)
        .join(' ');
    case 'SCOORD':
    case 'SCOORD3D':
    case 'TCOORD':
      return text(item, tag.GraphicType);
    default:
      return '';
  }
}

/** The whole tree, in its order; nothing of it is left out. */
export function reportLines(item: DicomJson, depth = 0): ReportLine[] {
  return items(item, tag.ContentSequence).flatMap((child) => [
    {
      depth,
      heading: text(child, tag.ValueType) === 'CONTAINER',
      name: meaning(child, tag.ConceptNameCodeSequence),
      value: valueOf(child),
    },
    ...reportLines(child, depth + 1),
  ]);
}
