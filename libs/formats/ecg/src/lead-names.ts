/** Lead numbers, EN 1064 (SCP-ECG) table of section 5.6.3; ISO/IEEE 11073-10102 uses the same numbers in block 2. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'I',
  2: 'II',
  3: 'V1',
  4: 'V2',
  5: 'V3',
  6: 'V4',
  7: 'V5',
  8: 'V6',
  9: 'V7',
  10: 'V2R',
  11: 'V3R',
  12: 'V4R',
  13: 'V5R',
  14: 'V6R',
  15: 'V7R',
  16: 'X',
  17: 'Y',
  18: 'Z',
  19: 'CC5',
  20: 'CM5',
  61: 'III',
  62: 'aVR',
  63: 'aVL',
  64: 'aVF',
  65: '-aVR',
  66: 'V8',
  67: 'V9',
  68: 'V8R',
  69: 'V9R',
};

/** Leads of recorders and monitors that have no number: ML II, MV5, CM6 and their kin. */
const MODIFIED = /^(ML ?(I|II|III)|MC?L ?\d|MV ?\d|C[MCRBS] ?\d|V\d+R?)$/i;
/** Einthoven's leads in Spanish, Portuguese, French and Italian: D1 or DI, derivación. */
const EINTHOVEN: Readonly<Record<string, string>> = { d1: 'i', d2: 'ii', d3: 'iii', di: 'i', dii: 'ii', diii: 'iii' };
const KNOWN = new Map(Object.values(BY_NUMBER).map((name) => [name.toLowerCase(), name]));

/** The name of a lead by its SCP-ECG number; undefined when the number is not known. */
export function leadNameByNumber(number: number): string | undefined {
  return BY_NUMBER[number];
}

const BY_NAME = new Map(Object.entries(BY_NUMBER).map(([number, name]) => [name, Number(number)]));

/** The SCP-ECG number of a lead's name, as `leadNameByNumber` gives it; undefined for any other name. */
export function leadNumberByName(name: string): number | undefined {
  return BY_NAME.get(name);
}

/** 'aVR' from 'AVR', 'Lead aVR', 'MDC_ECG_LEAD_AVR', 'Lead I (Einthoven)'; 'Ⅱ' and 'Ⅱ导联' are II, 'D1' is I; another name comes back trimmed. */
export function leadNameByText(text: string): string {
  const bare = text
    .trim()
    .replace(/^MDC_ECG_LEAD_/i, '')
    .replace(/^lead\s+/i, '')
    .replace(/\s*\((einthoven|goldberger|wilson|augmented|unipolar|bipolar|limb|chest|precordial)[^()]*\)$/i, '')
    .trim();
  const plain = bare
    .normalize('NFKC')
    .replace(/^导联\s*|\s*导联$/, '')
    .toLowerCase();
  return KNOWN.get(plain) ?? KNOWN.get(EINTHOVEN[plain] ?? '') ?? bare;
}

/** Channels of one time that bear one name are different leads: the second of 'ECG' becomes 'ECG 2', so that none hides another. */
export function distinctNames<T extends { readonly name: string }>(leads: readonly T[]): T[] {
  const taken = new Set(leads.map(({ name }) => name));
  const seen = new Set<string>();
  return leads.map((lead) => {
    let { name } = lead;
    for (let i = 2; seen.has(name); i++) if (!taken.has(`${lead.name} ${i}`)) name = `${lead.name} ${i}`;
    seen.add(name);
    taken.add(name);
    return name === lead.name ? lead : { ...lead, name };
  });
}

/** 'ECG II' and 'EKG-V1' are leads II and V1; 'ECG' and 'ECG 2', which name no lead, stay. */
export function leadNameByLabel(label: string): string {
  const name = leadNameByText(label.replace(/^(ECG|EKG)[\s_-]+(?=\S)/i, ''));
  return /^(ECG|EKG)/i.test(label) && !KNOWN.has(name.toLowerCase()) && !MODIFIED.test(name) ? label : name;
}

/**
 * The lead of a coded channel source (PS3.16 CID 3001): SCPECG '5.6.3-9-1', MDC '2:1' or '131073' or 'MDC_ECG_LEAD_I';
 * where the code says nothing, the meaning.
 */
export function leadNameByCode(code: string, meaning: string): string {
  const numbered = /^5\.6\.3-9-(\d+)$/.exec(code) ?? /^2:(\d+)$/.exec(code);
  const number = numbered ? Number(numbered[1]) : /^\d{6}$/.test(code) ? Number(code) - 0x2_0000 : NaN;
  const name = BY_NUMBER[number];
  if (name !== undefined) return name;
  return leadNameByText(/^MDC_ECG_LEAD_/i.test(code) || meaning.trim() === '' ? code : meaning);
}
