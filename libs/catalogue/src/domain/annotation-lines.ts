import { decimals, personName, text, type DicomJson } from '#libs/formats/dicom';

const date = (value: string | null): string | null => value?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') ?? null;

/** Who it is: name, number, sex, date of birth (PS3.18 8.3.5.1.2: `patient`). */
export function patientLines(attributes: DicomJson): string[] {
  const sex = text(attributes, '00100040');
  return [
    personName(attributes, '00100010').display,
    text(attributes, '00100020'),
    [sex, date(text(attributes, '00100030'))].filter(Boolean).join('  '),
  ].filter((line): line is string => line !== null && line !== '');
}

/** How it was made: date, series and image, and what the modality turns (PS3.18 8.3.5.1.2: `technique`). */
export function techniqueLines(attributes: DicomJson, window: { center: number; width: number } | null): string[] {
  const number = (tag: string) => decimals(attributes, tag)[0];
  const said = (label: string, tag: string, unit: string) =>
    number(tag) === undefined ? null : `${label} ${Number(number(tag)!.toFixed(2))}${unit}`;
  const joined = (...parts: (string | null)[]) => parts.filter((part) => part !== null).join('  ');
  return [
    joined(text(attributes, '00080060'), date(text(attributes, '00080022') ?? text(attributes, '00080020'))),
    joined(said('Se', '00200011', ''), said('Im', '00200013', '')),
    joined(
      said('kV', '00180060', ''),
      said('mA', '00181151', ''),
      said('TR', '00180080', ''),
      said('TE', '00180081', ''),
    ),
    joined(said('ST', '00180050', ' mm'), said('SL', '00201041', ' mm')),
    window ? `W ${Number(window.width.toFixed(1))}  C ${Number(window.center.toFixed(1))}` : '',
  ].filter((line) => line !== '');
}
