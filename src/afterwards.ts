// What a check needs once everybody has been asked, by name: loaded while they are being asked.
export { compare } from './judge/compare.js';
export { judge } from './judge/judge.js';
export { settled } from './judge/second-look/settle.js';
export { clean } from './observe/clean.js';
export { withoutExposed } from './observe/exposed.js';
export { examine } from './observe/hygiene.js';
export { investigate, needsInvestigation } from './observe/investigate.js';
export { lookAgain } from './observe/second-look.js';
