/** The settings of the outside (docs: README, "Settings"), validated once. The only reader of the environment. */
export { readSettings, serverEnvironment, type Settings } from './settings.js';
