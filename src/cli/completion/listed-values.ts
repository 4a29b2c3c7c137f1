// Lists that completion offers. They are in large modules, which are loaded only when one of these lists is needed.
export { scenarioNames, scenarios } from '../../demo/scenarios.js';
export { rules } from '../../judge/rules/index.js';
export { eventFormats } from '../../monitor/print/output-recipient.js';
