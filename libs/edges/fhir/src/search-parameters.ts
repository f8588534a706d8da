import { isId, Refusal } from '#libs/kernel';

const MAX_COUNT = 100;
const DEFAULT_COUNT = 20;
/** Read apart from what a resource type defines; the first three say how, the last where to go on. */
const RESULT_PARAMETERS = new Set(['_count', '_format', '_sort', '_cursor']);
const DATE =
  /^(eq|ge|le|gt|lt|sa|eb)?(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;

export interface Token {
  /** undefined: any system; '': explicitly none */
  system: string | undefined;
  value: string;
}

export interface DateRange {
  /** inclusive */
  from?: Date;
  /** exclusive */
  to?: Date;
}

/** The parameters of one search, read strictly or leniently (R4, search.html, "Handling Errors"; http.html, Prefer). */
export class SearchParameters {
  readonly count: number;
  /** what was understood and acted upon, for the self link */
  readonly used: [string, string][] = [];
  private readonly values = new Map<string, string[]>();

  /** @throws Refusal `invalid`: unknown-parameter (strict handling), modifier-not-supported, bad-parameter */
  constructor(query: URLSearchParams, known: readonly string[], prefer: string) {
    const strict = /(^|[\s;,])handling=strict\b/.test(prefer);
    for (const [name, value] of query) {
      const [plain] = name.split(':');
      if (!known.includes(name) && !RESULT_PARAMETERS.has(name)) {
        if (known.includes(plain!))
          throw new Refusal('invalid', 'modifier-not-supported', `${name}: this modifier is not supported.`);
        if (strict) throw new Refusal('invalid', 'unknown-parameter', `There is no search parameter ${name} here.`);
        continue;
      }
      if (value === '') throw bad(name, 'has no value');
      // The one order that there is may be asked for by its name; any other is a wish.
      if (name === '_sort' && strict && value !== '_lastUpdated') throw bad(name, `cannot sort by ${value}`);
      this.values.set(name, [...(this.values.get(name) ?? []), value]);
      if (name !== '_cursor' && name !== '_sort') this.used.push([name, value]);
    }
    this.count = this.readCount();
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** A value that may be given once. @throws Refusal `invalid` / bad-parameter */
  single(name: string): string | undefined {
    const given = this.values.get(name) ?? [];
    if (given.length > 1) throw bad(name, 'may be given once');
    return given[0];
  }

  /** A list of alternatives (comma). */
  list(name: string): string[] | undefined {
    return this.single(name)?.split(',');
  }

  /** Alternatives that must be of these codes; `system|code` is taken with any of the allowed systems. */
  codes(name: string, systems: readonly string[]): string[] | undefined {
    return this.list(name)?.map((text) => {
      const token = parseToken(text);
      if (token.system !== undefined && !systems.includes(token.system)) return '';
      return token.value;
    });
  }

  /** Ids; what is none matches nothing, so it is left out. */
  ids(name: string): string[] | undefined {
    return this.list(name)
      ?.filter((id) => isId(id))
      .map((id) => id.toLowerCase());
  }

  /** One token. @throws Refusal `invalid` / bad-parameter */
  token(name: string): Token | undefined {
    const text = this.single(name);
    if (text === undefined) return undefined;
    if (text.includes(',')) throw bad(name, 'takes one identifier');
    return parseToken(text);
  }

  /** An id or `<type>/<id>`, absolute or not. @throws Refusal `invalid` / bad-parameter */
  reference(name: string, type: string): string | undefined {
    const text = this.single(name);
    if (text === undefined) return undefined;
    const parts = text.split('/');
    if (text.includes(',') || (parts.length > 1 && parts.at(-2) !== type))
      throw bad(name, `takes one reference to a ${type}`);
    return parts.at(-1)!;
  }

  /** Every value of the parameter holds at once. @throws Refusal `invalid` / bad-parameter */
  dates(name: string): DateRange {
    const range: DateRange = {};
    for (const text of this.values.get(name) ?? []) {
      const { from, to } = dateRange(name, text);
      if (from && (!range.from || from > range.from)) range.from = from;
      if (to && (!range.to || to < range.to)) range.to = to;
    }
    return range;
  }

  private readCount(): number {
    const text = this.single('_count');
    if (text === undefined) return DEFAULT_COUNT;
    if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw bad('_count', 'is a whole number from 1 on');
    return Math.min(Number(text), MAX_COUNT);
  }
}

export function parseToken(text: string): Token {
  const bar = text.indexOf('|');
  return bar === -1 ? { system: undefined, value: text } : { system: text.slice(0, bar), value: text.slice(bar + 1) };
}

/**
 * What a date with its prefix allows for an instant, as [from, to). A date stands for the whole of its precision: `gt2026-11` begins in
 * December. Dates without a time are days in China Standard Time.
 */
export function dateRange(name: string, text: string): DateRange {
  const match = DATE.exec(text);
  if (!match) throw bad(name, 'is not a date with one of the prefixes eq, ge, le, gt, lt, sa, eb');
  const [, prefix = 'eq', year, month, day, hour, minute, second, fraction, zone] = match;
  const start = new Date(
    `${year}-${month ?? '01'}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}.${(fraction ?? '0').slice(0, 3).padEnd(3, '0')}${zone ?? '+08:00'}`,
  );
  if (Number.isNaN(start.getTime())) throw bad(name, 'is not a date');
  const end = new Date(start);
  if (month === undefined) end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (day === undefined) end.setTime(monthEnd(start));
  else end.setTime(start.getTime() + widthOf(hour, second, fraction));
  switch (prefix) {
    case 'ge':
      return { from: start };
    case 'gt':
    case 'sa':
      return { from: end };
    case 'lt':
    case 'eb':
      return { to: start };
    case 'le':
      return { to: end };
    default:
      return { from: start, to: end };
  }
}

/** The first instant of the next month in China Standard Time. */
function monthEnd(start: Date): number {
  const local = new Date(start.getTime() + 8 * 3_600_000);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - 8 * 3_600_000;
}

function widthOf(hour: string | undefined, second: string | undefined, fraction: string | undefined): number {
  if (hour === undefined) return 86_400_000;
  if (second === undefined) return 60_000;
  if (fraction === undefined) return 1000;
  return Math.max(1, 10 ** (3 - fraction.length));
}

function bad(name: string, why: string): Refusal {
  return new Refusal('invalid', 'bad-parameter', `${name} ${why}.`);
}
