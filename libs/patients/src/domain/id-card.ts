const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK = '10X98765432';

/** An 18-digit resident ID number with a right check digit (GB 11643-1999, ISO 7064 MOD 11-2), upper case; else null. */
export function validIdCard(text: string | null | undefined): string | null {
  const number = (text ?? '').trim().toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return null;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return CHECK[sum % 11] === number[17] ? number : null;
}

/** First 6 and last 4 digits (the masking rule for personal data). */
export function maskIdCard(idCard: string): string {
  return `${idCard.slice(0, 6)}${'*'.repeat(Math.max(0, idCard.length - 10))}${idCard.slice(-4)}`;
}
