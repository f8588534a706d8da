/** The web API under /api, the token endpoint, health and metrics; described by itself at /api/openapi.json. */
export { ProblemFilter } from './problem.filter.js';
export { UploadFolder } from './tus-uploads.js';
export { WebModule } from './web.module.js';
