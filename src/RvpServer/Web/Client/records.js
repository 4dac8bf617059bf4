// @ts-check
// Records, names and lists, as strangers fill them.

import { keyOf } from './address.js';

const MAX_NAME = 200;

/**
 * A record without the names that every object has: strangers choose the keys.
 * @template Value
 * @param {Record<string, Value>} [record]
 * @returns {Record<string, Value>}
 */
export const bare = record => Object.assign(Object.create(null), record);

/**
 * @param {import('./types.js').Access} access
 * @returns {import('./types.js').Access}
 */
export const bareAccess = access => ({ everyone: access.everyone, rules: bare(access.rules), urls: bare(access.urls) });

/**
 * One line, without characters that would reverse the rest of the page.
 * @param {string} name
 * @param {number} most
 */
export const tidy = (name, most = MAX_NAME) => [...name.slice(0, 2 * most).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '').trim()].slice(0, most).join('');

/**
 * @param {string[] | undefined} urls
 * @param {string} url
 */
export const without = (urls, url) => urls?.filter(other => keyOf(other) !== keyOf(url)) ?? [];
