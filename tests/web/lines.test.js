import test from 'node:test';
import assert from 'node:assert/strict';
import { linesOf } from '../../src/RvpServer/Web/Client/lines.js';
import { dayOf, shortTimeOf } from '../../src/RvpServer/Web/Client/times.js';
import { Drafts } from '../../src/RvpServer/Web/Client/drafts.js';
import { hashOf, placeOf } from '../../src/RvpServer/Web/Client/place.js';
import { Items, JO, KARI, YAN } from './person.js';

const NOON = new Date(2026, 10, 27, 12).getTime();
const [MINUTE, DAY] = [60_000, 86_400_000];
const said = (id, from, at, type = 'text') => ({ id, from, at, type, text: id, status: 'sent' });

test('days stand between messages, and messages of one sender stand together', () => {
  const lines = linesOf([
    said('a', KARI, NOON - 3 * DAY), said('b', KARI, NOON - DAY), said('c', KARI, NOON - DAY + MINUTE), said('d', '', NOON), said('e', '', NOON + 9 * MINUTE),
    said('f', '', NOON + 10 * MINUTE, 'note'), said('g', '', NOON + 10 * MINUTE), said('h', KARI.toLowerCase(), NOON + 11 * MINUTE), said('i', KARI, NOON + 12 * MINUTE),
  ], NOON);

  assert.deepEqual(lines.map(line => line.day ?? line.message.id + (line.isContinued ? '+' : '')),
    [dayOf(NOON - 3 * DAY, NOON), 'a', 'Yesterday', 'b', 'c+', 'Today', 'd', 'e', 'f', 'g', 'h', 'i+']);
  assert.equal(new Set(lines.map(line => line.key)).size, lines.length);
});

test('a day is called as people call it, with the year where it is another one', () => {
  assert.deepEqual([dayOf(NOON, NOON), dayOf(NOON - 12 * 3_600_000, NOON), dayOf(NOON - 12 * 3_600_000 - 1, NOON)], ['Today', 'Today', 'Yesterday']);
  assert.doesNotMatch(dayOf(NOON - 3 * DAY, NOON), /2026/);
  assert.match(dayOf(NOON - 400 * DAY, NOON), /2025/);
  assert.match(shortTimeOf(NOON - 400 * DAY, NOON), /2025/);
  assert.match(shortTimeOf(NOON, NOON), /12/);
});

test('what was being written is there again, each in its conversation, and gone when it is sent', () => {
  const storage = new Items();
  new Drafts(JO.url, storage).keep('a', 'Dear Kari');
  new Drafts(JO.url, storage).keep('__proto__', 'Dear Don');

  const drafts = new Drafts(JO.url, storage);
  assert.deepEqual(['a', '__proto__', 'constructor'].map(chat => drafts.of(chat)), ['Dear Kari', 'Dear Don', '']);
  drafts.keep('a', '');
  assert.equal(new Drafts(JO.url, storage).of('a'), '');
  drafts.keep('huge', 'x'.repeat(1_000_000));
  assert.equal(drafts.of('huge'), '');
});

test('a storage that is full, forbidden or broken costs a draft and nothing else', () => {
  const storage = new Items();
  storage.setItem(`rvp-draft:${JO.url}`, '{"no": "list"}');
  assert.equal(new Drafts(JO.url, storage).of('a'), '');
  storage.setItem = () => { throw new Error('QuotaExceededError'); };

  new Drafts(JO.url, storage).keep('a', 'x');
});

test('every conversation has an address of its own, from which it is found again', () => {
  for (const chat of [`p:${KARI}`, `p:${YAN}`, 'g:{0d4e5c1a-0000}', 'p:http://im.adatum.com/instmsg/aliases/j%c3%b6', 'g:#%20"<', 'p:__proto__']) assert.equal(placeOf(hashOf(chat)), chat);
  assert.equal(placeOf(''), '');
  assert.equal(placeOf('#%'), '');
  assert.equal(hashOf('\ud800'), '#');
});
