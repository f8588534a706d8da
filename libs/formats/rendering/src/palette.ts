/** One colour of a palette (PS3.3 C.7.6.3.1.5): the entry for stored value `firstMapped + i` is `entries[i]`. */
export interface PaletteChannel {
  readonly firstMapped: number;
  readonly entries: ArrayLike<number>;
  /** 8 or 16, from the descriptor's third value. */
  readonly bits: number;
}
export interface Palette {
  readonly red: PaletteChannel;
  readonly green: PaletteChannel;
  readonly blue: PaletteChannel;
}

/** Stored values to R G B of 8 bits; values outside the table take its first or last entry, as the standard says. */
export function throughPalette(pixels: ArrayLike<number>, palette: Palette): Uint8Array {
  const channels = [palette.red, palette.green, palette.blue];
  if (channels.some((channel) => channel.entries.length === 0)) throw new RangeError('the palette is empty');
  // Some writers say 16 bits and store 8: such a table would be black as told.
  const deep = channels.some((channel) => channel.bits > 8 && Array.from(channel.entries).some((entry) => entry > 255));
  const out = new Uint8Array(pixels.length * 3);
  for (const [c, { firstMapped, entries }] of channels.entries()) {
    const last = entries.length - 1;
    for (let i = 0; i < pixels.length; i += 1) {
      const entry = entries[Math.min(last, Math.max(0, pixels[i]! - firstMapped))]!;
      out[3 * i + c] = deep ? entry >> 8 : entry;
    }
  }
  return out;
}
