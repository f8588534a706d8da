// `npm run demo [FOLDER]`: installs and builds what is missing, then drives the main job against the running server.
import './build.mjs';

await import('../apps/demo/src/main.mjs');
