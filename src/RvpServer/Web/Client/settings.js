// @ts-check
// What the user has chosen.

/** @type {Record<string, string>} */
const DEFAULTS = { enter: 'auto' };

/** @param {string} name */
export const get = name => DEFAULTS[name] ?? '';
