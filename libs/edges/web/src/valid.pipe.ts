import type { PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { Refusal } from '#libs/kernel';

/** Checks a body or a query by its schema. @throws Refusal `invalid` / `invalid-input`, with each wrong field in `errors` */
export function valid<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return {
    transform(value) {
      const parsed = schema.safeParse(value ?? {});
      if (parsed.success) return parsed.data;
      throw new Refusal('invalid', 'invalid-input', 'Some fields are missing or wrong.', {
        errors: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
      });
    },
  };
}
