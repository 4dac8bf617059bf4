// @ts-check
// Times and days as people say them.

import { locale, t } from './texts.js';

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMS = {
  time: { hour: '2-digit', minute: '2-digit' },
  weekday: { weekday: 'short' },
  date: { day: 'numeric', month: 'short' },
  dateOfYear: { year: 'numeric', month: 'short', day: 'numeric' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayOfYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'short' },
};

/**
 * Made when first needed, as the page may change its language: making one is slow, and each picture needs hundreds.
 * @type {Map<string, Intl.DateTimeFormat>}
 */
const made = new Map();

/**
 * @param {keyof typeof FORMS} form
 * @param {number} at
 */
function format(form, at) {
  const name = `${locale()} ${form}`;
  const found = made.get(name) ?? new Intl.DateTimeFormat(locale(), FORMS[form]);
  made.set(name, found);
  return found.format(at);
}

/** @param {number} at */
export const clockOf = at => format('time', at);

/**
 * The same in every language, to the minute.
 * @param {number} at
 */
export function isoOf(at) {
  const day = new Date(at);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())} ${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** @param {number} at */
export const fullTimeOf = at => format('full', at);

/**
 * Days from then until now by the calendar.
 * @param {number} at
 * @param {number} now
 */
function daysSince(at, now) {
  const [then, today] = [at, now].map(time => new Date(time)).map(day => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()));
  return (today - then) / 86_400_000;
}

/**
 * @param {number} at
 * @param {number} now
 */
const isThisYear = (at, now) => new Date(at).getFullYear() === new Date(now).getFullYear();

/**
 * In a list: the time of today, the weekday of this week, otherwise the date.
 * @param {number} at
 * @param {number} now
 */
export function shortTimeOf(at, now = Date.now()) {
  const days = daysSince(at, now);
  if (days <= 0) return format('time', at);
  if (days < 7) return format('weekday', at);
  return format(isThisYear(at, now) ? 'date' : 'dateOfYear', at);
}

/**
 * Between the messages of two days.
 * @param {number} at
 * @param {number} now
 */
export function dayOf(at, now = Date.now()) {
  const days = daysSince(at, now);
  if (days === 0) return t('Today');
  if (days === 1) return t('Yesterday');
  return format(isThisYear(at, now) ? 'day' : 'dayOfYear', at);
}
