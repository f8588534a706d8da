import type { DicomJson } from '#libs/formats/dicom';

const LONGEST = 120;

function shown(attributes: DicomJson, tag: string): string | null {
  const element = attributes[tag];
  if (!element) return null;
  if (element.BulkDataURI !== undefined) return 'bulk data';
  const text = element.InlineBinary ?? JSON.stringify(element.Value ?? []);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The attributes of two headers that are not the same, in the order of their tags; where both are bulk data only one's absence shows. */
export function differingAttributes(
  served: DicomJson,
  beside: DicomJson,
): { tag: string; served: string | null; beside: string | null }[] {
  const whole = (attributes: DicomJson, tag: string) => {
    const element = attributes[tag];
    return element?.BulkDataURI === undefined ? JSON.stringify(element ?? null) : 'bulk data';
  };
  return [...new Set([...Object.keys(served), ...Object.keys(beside)])]
    .sort()
    .filter((tag) => whole(served, tag) !== whole(beside, tag))
    .map((tag) => ({ tag, served: shown(served, tag), beside: shown(beside, tag) }));
}
