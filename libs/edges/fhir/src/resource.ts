/** A FHIR R4 resource as JSON; the mappings beside this file say what is in it. */
export interface Resource {
  resourceType: string;
  id?: string;
  [element: string]: unknown;
}

/** An object without the elements that are null or undefined: FHIR JSON has no empty elements (R4, json.html). */
export function present<T extends Record<string, unknown>>(elements: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(elements).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  ) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
}

/** FHIR's codes for what HL7 table 0001 and DICOM write as M, F, O. */
export function gender(sex: string | null): string | null {
  return { M: 'male', F: 'female', O: 'other' }[sex ?? ''] ?? null;
}
