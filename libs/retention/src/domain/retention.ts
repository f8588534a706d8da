/** A class of `retention_class`. */
export interface RetentionClass {
  code: string;
  nameZh: string;
  nameEn: string;
  years: number;
  /** what a request may say of its patient that means this class */
  patientClasses: readonly string[];
}

export type ClassSource = 'request' | 'header' | 'organisation' | 'longest' | 'person';

/** What speaks for a class. */
export interface RetentionEvidence {
  /** what the request says of the visit */
  patientClass: string | null;
  /** the header names an admission (AdmissionID, PS3.3 C.7.2.3) */
  admission: boolean;
  /** the class that the organisation's examinations have where nothing else is known */
  organisationClass: string | null;
}

/** Days are `YYYY-MM-DD` in Asia/Shanghai, the network's own day. */
export interface Retention {
  class: string;
  source: ClassSource;
  /** the class that the evidence spoke for when it was last looked at */
  told: string;
  /** the day that the years count from, as far as this examination goes */
  startsOn: string;
  /** that day as a person said it */
  countedFrom: string | null;
}

const longer = (a: RetentionClass, b: RetentionClass) => (b.years > a.years ? b : a);

/** The class that the evidence speaks for: the longer where request and header disagree, and the longest where nothing speaks. */
export function toldClass(
  evidence: RetentionEvidence,
  classes: readonly RetentionClass[],
): { code: string; source: ClassSource } {
  const meaning = (patientClass: string) => classes.find((one) => one.patientClasses.includes(patientClass));
  const byRequest = evidence.patientClass === null ? undefined : meaning(evidence.patientClass);
  const byHeader = evidence.admission ? meaning('inpatient') : undefined;
  if (byRequest && (!byHeader || longer(byRequest, byHeader) === byRequest)) {
    return { code: byRequest.code, source: 'request' };
  }
  if (byHeader) return { code: byHeader.code, source: 'header' };
  const byOrganisation = classes.find((one) => one.code === evidence.organisationClass);
  if (byOrganisation) return { code: byOrganisation.code, source: 'organisation' };
  return { code: classes.reduce(longer).code, source: 'longest' };
}

/**
 * What stands after the evidence was looked at again. New evidence for a longer class extends, also what a person decided; evidence for
 * a shorter one changes nothing: only a person shortens. `ownDay` is the later of the days of examination and arrival.
 */
export function nextRetention(
  current: Retention | null,
  evidence: RetentionEvidence,
  ownDay: string,
  classes: readonly RetentionClass[],
): Retention {
  const told = toldClass(evidence, classes);
  if (current === null) {
    return { class: told.code, source: told.source, told: told.code, startsOn: ownDay, countedFrom: null };
  }
  const startsOn = current.countedFrom ?? (ownDay > current.startsOn ? ownDay : current.startsOn);
  const yearsOf = (code: string) => classes.find((one) => one.code === code)!.years;
  return told.code !== current.told && yearsOf(told.code) > yearsOf(current.class)
    ? { ...current, class: told.code, source: told.source, told: told.code, startsOn }
    : { ...current, told: told.code, startsOn };
}

/**
 * The first day on which it need not be kept: so many years after the later of the examination's own day and the patient's last other visit.
 * What began on 29 February ends on 1 March.
 */
export function keepUntil(startsOn: string, lastVisitOn: string | null, years: number): string {
  const from = lastVisitOn !== null && lastVisitOn > startsOn ? lastVisitOn : startsOn;
  const [year, month, day] = from.split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year + years, month - 1, day)).toISOString().slice(0, 10);
}

/** The network's day at a moment. */
export function dayOf(moment: Date): string {
  return new Date(moment.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
