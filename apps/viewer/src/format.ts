import type { Patient, Priority, Sex } from './api/types.js';
import type { Messages } from './text/index.js';
import type { FirstMessages } from './text/zh-first.js';

const two = (n: number): string => String(n).padStart(2, '0');

/** 2026-11-22 14:05, in the reader's own time zone. */
export function dateTime(iso: string | null | undefined): string {
  const date = iso ? new Date(iso) : null;
  if (!date || Number.isNaN(date.getTime())) return '';
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function clock(value: string | number | Date, seconds = true): string {
  const date = new Date(value);
  const text = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return seconds ? `${text}:${two(date.getSeconds())}` : text;
}

export const isToday = (iso: string): boolean => new Date(iso).toDateString() === new Date().toDateString();

/** The name as people write it; of a DICOM person name the ideographic part is preferred (PS3.5 6.2.1). */
export function personName(name: string | null | undefined, t: FirstMessages): string {
  const [alphabetic = '', ideographic = ''] = (name ?? '').split('=');
  const chosen =
    ideographic.replaceAll('^', '').trim() || alphabetic.replaceAll('^', ' ').replaceAll(/\s+/g, ' ').trim();
  return chosen || t.common.unknownName;
}

export function sexText(sex: Sex | null | undefined, t: FirstMessages): string {
  if (sex === 'M') return t.common.male;
  if (sex === 'F') return t.common.female;
  return sex === 'O' ? t.common.otherSex : '';
}

/** The age the examination states (PS3.5 AS, `067Y`), else the one counted from the birth date. */
export function ageText(patient: Partial<Patient>, t: FirstMessages): string {
  const stated = /^(\d{1,3})([YMWD])$/.exec(patient.age ?? '');
  if (stated) {
    const n = Number(stated[1]);
    if (stated[2] === 'Y') return t.age.years(n);
    if (stated[2] === 'M') return t.age.months(n);
    return stated[2] === 'W' ? t.age.weeks(n) : t.age.days(n);
  }
  const words = /^(\d{1,3})\s*(岁|个月|天)$/.exec(patient.age ?? '');
  if (words) {
    const n = Number(words[1]);
    if (words[2] === '岁') return t.age.years(n);
    return words[2] === '天' ? t.age.days(n) : t.age.months(n);
  }
  if (patient.age) return patient.age;
  const born = patient.birthDate ? new Date(patient.birthDate) : null;
  if (!born || Number.isNaN(born.getTime())) return '';
  const now = new Date();
  const months =
    (now.getFullYear() - born.getFullYear()) * 12 +
    now.getMonth() -
    born.getMonth() -
    (now.getDate() < born.getDate() ? 1 : 0);
  if (months >= 36) return t.age.years(Math.floor(months / 12));
  if (months >= 1) return t.age.months(months);
  return t.age.days(Math.max(0, Math.floor((now.getTime() - born.getTime()) / 86_400_000)));
}

export const sexAndAge = (patient: Partial<Patient>, t: FirstMessages): string =>
  [sexText(patient.sex, t), ageText(patient, t)].filter(Boolean).join(' ');

export const prioritySign: Record<Priority, string> = { emergency: '▲', urgent: '◆', routine: '●' };

export interface TimeLeft {
  text: string;
  /** 1 full, 0 empty. */
  share: number;
  overdue: boolean;
}

const spanText = (milliseconds: number, t: Messages): string => {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return t.timeLeft.underMinute;
  if (minutes < 60) return t.timeLeft.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t.timeLeft.hours(hours, minutes % 60);
  return t.timeLeft.days(Math.floor(hours / 24), hours % 24);
};

/** With `ticking` the last hour is counted in seconds (07:41). */
export function timeLeft(
  dueAt: string | null,
  receivedAt: string,
  now: number,
  t: Messages,
  ticking = false,
): TimeLeft | null {
  if (!dueAt) return null;
  const due = new Date(dueAt).getTime();
  const left = due - now;
  if (left < 0) return { text: t.timeLeft.over(spanText(-left, t)), share: 0, overdue: true };
  const whole = Math.max(1, due - new Date(receivedAt).getTime());
  const text =
    ticking && left < 3_600_000
      ? `${two(Math.floor(left / 60_000))}:${two(Math.floor(left / 1000) % 60)}`
      : spanText(left, t);
  return { text: t.timeLeft.left(text), share: Math.min(1, left / whole), overdue: false };
}

export function byteText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

export function returnText(returned: { reason: string; note: string | null }, t: Messages): string {
  const reason = (t.reasons as Record<string, string>)[returned.reason] ?? returned.reason;
  return returned.note ? `${reason} · ${returned.note}` : reason;
}

/** Faults of graded images, with what was said of them. */
export const faultsText = (quality: { reasons: readonly string[]; note: string | null }, t: Messages): string =>
  [
    quality.reasons.map((reason) => (t.reasons as Record<string, string>)[reason] ?? reason).join('、'),
    quality.note ?? '',
  ]
    .filter(Boolean)
    .join(' · ');
