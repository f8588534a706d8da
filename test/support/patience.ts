import { jest } from '@jest/globals';

// A guard against hanging, not a time limit: those live in the bench.
jest.setTimeout(240_000);
