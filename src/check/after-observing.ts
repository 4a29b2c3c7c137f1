// What a check needs once everybody has been asked, by name: loaded while they are being asked.

export { checkAlways } from '../diagnose/always-checked.js';
export { diagnose, needsDiagnosis } from '../diagnose/find-causes.js';
export { lookAgain } from '../diagnose/second-look.js';
export { compare } from '../judge/compare.js';
export { judge } from '../judge/judge.js';
export { settled } from '../judge/second-look/settle.js';
export { withoutExposed } from '../observe/exposed.js';
export { redact } from '../observe/redact.js';
