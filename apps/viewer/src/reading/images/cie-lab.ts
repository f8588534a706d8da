/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** The white of the profile connection space, D50, in which DICOM's values are. */
const WHITE = [0.9642, 1, 0.8249] as const;
/** XYZ of D50 to linear sRGB (Bradford adapted). */
const TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/** Of a CIELab value as DICOM scales it to words (PS3.3 C.10.7.1.1). */
export function fromCieLab([l = 0, a = 0, b = 0]: readonly number[]): Colour {
  const height = ((l / 65_535) * 100 + 16) / 116;
  const along = [height + ((a / 65_535) * 255 - 128) / 500, height, height - ((b / 65_535) * 255 - 128) / 200];
  const xyz = along.map((f, axis) => WHITE[axis]! * (f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29)));
  const [red, green, blue] = TO_SRGB.map((row) => {
    const linear = Math.max(0, Math.min(1, row[0] * xyz[0]! + row[1] * xyz[1]! + row[2] * xyz[2]!));
    return Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));
  });
  return [red!, green!, blue!];
}
