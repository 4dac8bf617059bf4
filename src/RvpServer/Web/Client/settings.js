// @ts-check
// What the user has chosen, by accounts, in this browser's storage. Nobody signed in: as who used this browser last.

import { keep, storage } from './storage.js';

const PREFIX = 'rvp-settings';
const MAX_STATUS = 140;
const MAX_STATUSES = 8;
const MAX_CLOSED = 100;

/** What can be chosen; the first is the default. A language is a tag, or empty for the browser's; idle is in minutes, 0 for never. */
const CHOICES = {
  language: ['', 'en', 'de', 'es', 'ja', 'ar'],
  theme: ['system', 'light', 'dark'],
  size: ['normal', 'large', 'larger'],
  enter: ['auto', 'send', 'line'],
  sounds: ['on', 'off'],
  notifications: ['on', 'off'],
  idle: ['10', '5', '15', '30', '60', '0'],
};

/** @typedef {keyof typeof CHOICES} Setting */

let name = PREFIX;
/** @type {Record<string, unknown>} */
let chosen = {};
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * From now on those of this account.
 * @param {string} [url] without it: of whoever used this browser last
 */
export function begin(url) {
  name = url ? `${PREFIX}:${url}` : PREFIX;
  read();
}

/**
 * @param {Setting} setting
 * @returns {string}
 */
export function get(setting) {
  const value = chosen[setting];
  return typeof value === 'string' && CHOICES[setting].includes(value) ? value : CHOICES[setting][0];
}

/**
 * @param {Setting} setting
 * @param {string} value
 */
export const set = (setting, value) => write({ ...chosen, [setting]: value });

/** @param {Setting} setting */
export const choicesOf = setting => CHOICES[setting];

/**
 * Whether a group of contacts is closed.
 * @param {string} group
 */
export const isClosed = group => closed().includes(group);

/**
 * @param {string} group
 * @param {boolean} isIt
 */
export const close = (group, isIt) => write({ ...chosen, closed: [...closed().filter(name => name !== group), ...isIt ? [group] : []].slice(-MAX_CLOSED) });

const closed = () => (Array.isArray(chosen.closed) ? chosen.closed : []).map(String);

/** The user's own status texts, the latest first. */
export const statuses = () => (Array.isArray(chosen.statuses) ? chosen.statuses : []).map(String).slice(0, MAX_STATUSES);

/** @param {string} text */
export const oneStatus = text => [...text.replace(/\s+/g, ' ').trim()].slice(0, MAX_STATUS).join('');

/** @param {string} text that was used once more */
export const keepStatus = text => write({ ...chosen, statuses: [text, ...statuses().filter(other => other !== text)].slice(0, MAX_STATUSES) });

/** @param {string} text */
export const dropStatus = text => write({ ...chosen, statuses: statuses().filter(other => other !== text) });

/** @param {() => void} listener called when something is chosen, in any tab */
export function onChange(listener) {
  listeners.add(listener);
}

globalThis.addEventListener?.('storage', event => {
  if (event.key !== name) return;
  read();
  tell();
});

/** @param {Record<string, unknown>} all */
function write(all) {
  chosen = all;
  keep(name, JSON.stringify(all));
  // For the page before the sign-in, without what is somebody's own.
  keep(PREFIX, JSON.stringify({ ...all, statuses: undefined, closed: undefined }));
  tell();
}

function read() {
  try {
    chosen = { ...JSON.parse(storage.getItem(name) ?? '{}') };
  } catch {
    chosen = {};
  }
}

function tell() {
  for (const listener of listeners) listener();
}
