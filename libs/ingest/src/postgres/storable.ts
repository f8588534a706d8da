const NUL = String.raw`\u0000`;

/** JSON as PostgreSQL's jsonb takes it: every character but U+0000, which some devices pad with. */
export function storable(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes(NUL) ? json.replaceAll(NUL, '') : json;
}
