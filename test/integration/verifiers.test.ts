import { testVerifiers } from '../field/verifiers/page.js';
import { debianVerifiers } from './verifiers/start.js';

testVerifiers(debianVerifiers);
