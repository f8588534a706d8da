/** A reader of `…/images/{series}/pixels`, written from the words of `packed-picture.ts`, not from its code or the viewer's. */
export function readPacked(bytes: Buffer): {
  head: Record<string, unknown> & { rows: number; columns: number; channels: number; bytes: number; least: number };
  shades: number[];
  /** stored values; of colours the samples */
  values: number[];
} {
  const end = bytes.indexOf('\n');
  const head = JSON.parse(bytes.subarray(0, end).toString());
  const shades = [...bytes.subarray(end + 1, end + 1 + head.shades)];
  const planes = bytes.subarray(end + 1 + head.shades);
  const perRow = head.columns * head.channels;
  const count = head.rows * perRow;
  if (planes.length !== count * head.bytes) throw new Error(`${planes.length} bytes for ${count} samples`);
  const samples: number[] = [];
  const at = (row: number, column: number): number => (row < 0 || column < 0 ? 0 : samples[row * perRow + column]!);
  for (let row = 0; row < head.rows; row += 1) {
    for (let column = 0; column < perRow; column += 1) {
      const index = row * perRow + column;
      const [a, b, c] = [at(row, column - head.channels), at(row - 1, column), at(row - 1, column - head.channels)];
      // The median of the three, as T.87 explains its detector.
      const expected = [a, b, a + b - c].sort((one, other) => one - other)[1]!;
      const folded = planes[index]! + (head.bytes === 2 ? 256 * planes[count + index]! : 0);
      const difference = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      const modulus = 256 ** head.bytes;
      samples.push((((expected + difference) % modulus) + modulus) % modulus);
    }
  }
  return { head, shades, values: samples.map((sample) => sample + head.least) };
}
