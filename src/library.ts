// What the functions of the library load when they are first called, in one piece.
export { checkOnce, loadConfig } from './check/session.js';
export { checkOptions, watchOptions } from './check/validate-options.js';
export { reporters } from './report/index.js';
export { viewOf } from './report/view/view.js';
