const LONGEST = 16;

/** The value as a DICOM DS (PS3.5 section 6.2: at most 16 characters) that reads back as the same number, or undefined when none does. */
export function exactDecimal(value: number): string | undefined {
  const forms = [String(value), value.toExponential().replace('e+', 'e')];
  return forms.find((text) => text.length <= LONGEST && Number(text) === value);
}

/** The DS nearest to the value. */
export function nearestDecimal(value: number): string {
  const exact = exactDecimal(value);
  if (exact !== undefined) return exact;
  let best = '0';
  for (let digits = 17; digits >= 1; digits--)
    for (const text of [value.toPrecision(digits), value.toExponential(digits - 1).replace('e+', 'e')])
      if (text.length <= LONGEST && Math.abs(Number(text) - value) < Math.abs(Number(best) - value)) best = text;
  return best;
}

/**
 * Two DS, sensitivity and correction factor, whose product as a double is the value: the shortest sensitivity with factor 1 where it fits,
 * else a factor between 8 and 9.99, where 16 characters are finest, found by trying. Undefined when the search ends without one.
 */
export function exactProduct(value: number): { readonly sensitivity: string; readonly factor: string } | undefined {
  const whole = exactDecimal(value);
  if (whole !== undefined) return { sensitivity: whole, factor: '1' };
  for (let trial = 0; trial < 2000; trial++) {
    const sensitivity = Number((value / (9.99 - trial / 1000)).toPrecision(8));
    const text = exactDecimal(sensitivity);
    if (text === undefined || sensitivity === 0) continue;
    const factor = nearestDecimal(value / sensitivity);
    if (Number(text) * Number(factor) === value) return { sensitivity: text, factor };
  }
  return undefined;
}
