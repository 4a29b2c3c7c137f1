#!/usr/bin/env node
import { main } from '../dist/main.js';

process.exitCode = await main(process);
// A name that is still being looked up cannot be called off and would hold the process up; nothing waits for it any more.
setTimeout(() => process.exit(), 250).unref();
