import test from 'node:test';
import assert from 'node:assert/strict';
import { groups, find, search } from '../../src/RvpServer/Web/Client/emoji.js';
import { begunAt, replaceNames } from '../../src/RvpServer/Web/Client/shortnames.js';

const all = groups.flatMap(group => group.all);

test('every emoji is one, with a name of its own', () => {
  assert.ok(all.length > 300);
  assert.equal(new Set(all.map(emoji => emoji.name)).size, all.length);
  assert.equal(new Set(all.map(emoji => emoji.sign)).size, all.length);
  const letters = new Intl.Segmenter();
  for (const { sign, name, words } of all) {
    assert.equal([...letters.segment(sign)].length, 1, name);
    assert.match(sign, /\p{Emoji}/u, name);
    assert.match(`${name} ${words}`, /^[a-z0-9_+-]+(?: [a-z0-9_+-]+)* ?$/, name);
  }
});

test('the one that is meant comes first', () => {
  assert.equal(search('joy', 5)[0].name, 'joy');
  assert.equal(search('thumbs', 1)[0].name, 'thumbsup');
  assert.ok(search('love', 20).some(emoji => emoji.name === 'heart'));
  assert.equal(search('heart', 3)[0].sign, '❤️');
  assert.deepEqual(search('no such thing', 5), []);
});

test('a name that is being written is seen, and nothing else for one', () => {
  assert.deepEqual(begunAt('Hello :smi', 10), { wanted: 'smi', start: 6 });
  assert.deepEqual(begunAt(':smi and more', 4), { wanted: 'smi', start: 0 });
  for (const text of ['10:30', 'http:', 'a:bc', ':s', ': sm', '::sm', '`:sm', '']) assert.equal(begunAt(text, text.length), null, text);
});

test('names become what they mean when they are sent, not in code and not if nobody knows them', () => {
  assert.equal(replaceNames('Hi :smile: :+1: :nobody: 10:30:15 `:smile:` :joy:', find), 'Hi 😄 👍 :nobody: 10:30:15 `:smile:` 😂');
  assert.equal(replaceNames('```\n:smile:\n```', find), '```\n:smile:\n```');
  assert.equal(replaceNames('`open :smile:', find), '`open 😄');
  const huge = ':smile:'.repeat(20_000);
  assert.equal(replaceNames(huge, find), huge);
});
