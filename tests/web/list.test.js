import test from 'node:test';
import assert from 'node:assert/strict';
import { List, previewOf } from '../../src/RvpServer/Web/Client/list.js';
import { receive } from '../../src/RvpServer/Web/Client/conversation.js';
import { openGroup, openWith } from '../../src/RvpServer/Web/Client/opening.js';
import { draft, send } from '../../src/RvpServer/Web/Client/sending.js';
import { initialsOf, colourOf } from '../../src/RvpServer/Web/Client/avatar.js';
import { JO, KARI, YAN, storeOn, urlOf } from './person.js';

const jo = { url: JO.url, name: 'Jo Brown' };
const came = (url, text, at) => ({ from: { url, name: '' }, to: [jo], kind: 'text', session: '{A}', text, at });
const answer = (store, chat, text) => send(store, chat, draft(store, chat, text));

/** Jo's list: Kari, who is there, Don Hall, who is not, and others. */
function listed(...more) {
  const store = storeOn();
  store.apply({ kind: 'connection', state: 'online' });
  const contacts = [['DonHall', 'Don Hall'], ['KariHensien', 'Kari Hensien'], ...more].map(([name, called]) => ({ url: urlOf(name), address: '', name: called }));
  store.apply({ kind: 'contacts', contacts });
  for (const { url } of contacts) store.apply({ kind: 'person', url, person: { state: url === KARI ? 'busy' : 'offline' } });
  return { store, list: new List(store) };
}

const seen = (list, wanted) => {
  const { talks, requests, people } = list.read(wanted);
  return [talks.map(chat => chat.members[0]), requests.map(chat => chat.members[0]), people.map(person => person.name)];
};

test('contacts come by whether they are there, then by name', () => {
  const { store, list } = listed(['Adam', 'adam'], ['Zoe', 'Zoë']);

  assert.deepEqual(seen(list)[2], ['Kari Hensien', 'adam', 'Don Hall', 'Zoë']);
  store.apply({ kind: 'person', url: urlOf('Zoe'), person: { state: 'online' } });
  assert.deepEqual(seen(list)[2], ['Kari Hensien', 'Zoë', 'adam', 'Don Hall']);
});

test('the latest conversation is first, what is unread above all, and nobody is there twice', () => {
  const { store, list } = listed();
  receive(store, came(urlOf('DonHall'), 'old', 1e12));
  receive(store, came(KARI, 'new', 1.1e12));
  assert.deepEqual(seen(list), [[KARI, urlOf('DonHall')], [], []]);

  store.apply({ kind: 'read', chat: store.chatWith(KARI).id });

  assert.deepEqual(seen(list)[0], [urlOf('DonHall'), KARI]);
});

test('who is not on the list and has written is a request until answered or ignored', async () => {
  const { store, list } = listed();
  receive(store, came(YAN, 'Hello'));
  assert.deepEqual(seen(list).slice(0, 2), [[], [YAN]]);

  store.apply({ kind: 'ignored', chat: store.chatWith(YAN).id });
  assert.deepEqual(seen(list).slice(0, 2), [[], []]);
  assert.deepEqual(seen(list, 'yanli')[1], [YAN]);
  answer(store, store.chats[openWith(store, YAN)], 'Hello Yan');

  assert.deepEqual(seen(list).slice(0, 2), [[YAN], []]);
});

test('a conversation of strangers is a request, one with somebody of the list is not', () => {
  const { store, list } = listed();
  const all = (from, others) => receive(store, { ...came(from, 'all'), to: [jo, ...others.map(url => ({ url, name: '' }))], session: from });
  const eve = 'http://im.evil.example/instmsg/aliases/eve';

  all(eve, [YAN]);
  all(YAN, [KARI]);

  assert.deepEqual(seen(list).slice(0, 2), [[YAN], [eve]]);
});

test('a search finds words of names and addresses, in conversations too', () => {
  const { store, list } = listed();
  receive(store, came(KARI, 'x'));

  assert.deepEqual(seen(list, 'hen KARI')[0], [KARI]);
  assert.deepEqual(seen(list, 'donhall@ad')[2], ['Don Hall']);
  assert.deepEqual(seen(list, 'nobody'), [[], [], []]);
  openGroup(store, [KARI, urlOf('DonHall')]);
  assert.equal(list.read('don').talks[0].isGroup, true);
});

test('two thousand contacts are ordered once: a change looks at each, and makes nobody anew', () => {
  const { store, list } = listed(...Array.from({ length: 2000 }, (_, i) => ['person' + i, 'Person ' + (i * 7919 % 2000)]));
  const { people } = list.read();
  let compared = 0;
  for (const person of people) {
    const { name } = person;
    Object.defineProperty(person, 'name', { get: () => { compared++; return name; } });
  }

  store.apply({ kind: 'person', url: urlOf('person7'), person: { state: 'online' } });
  const after = list.read().people;

  assert.equal(after.filter(person => !people.includes(person)).length, 1);
  assert.ok(compared < 10 * people.length, `${compared} names were looked at`);
});

test('the last line is in one piece, and says whose it is', async () => {
  const { store } = listed();
  receive(store, came(KARI, 'two\nlines  of\ttext'));
  const chat = store.chatWith(KARI);

  assert.equal(previewOf(store, chat), 'two lines of text');
  store.apply({ kind: 'typing', chat: chat.id, from: KARI });
  assert.equal(previewOf(store, chat), 'typing…');
  chat.typing = {};
  answer(store, chat, 'Yes');
  assert.equal(previewOf(store, chat), 'You: Yes');
});

test('initials are letters of the name, whatever it is', () => {
  const names = ['Kari Hensien', 'JoBrown@adatum.com', 'don.hall@adatum.com', '  ', '<img src=x>', '\u{1f600} Zoë', '葉 月', '\u202e1', 'a b c'];

  assert.deepEqual(names.map(initialsOf), ['KH', 'J', 'DH', '?', 'IS', 'Z', '葉月', '1', 'AC']);
});

test('every colour of a face bears white letters, and an address has one whatever its case', () => {
  const colours = new Set(Array.from({ length: 500 }, (_, i) => colourOf(`n${i}@adatum.com`)));

  assert.equal(colours.size, 24);
  for (const colour of colours) assert.ok(1.05 / (luminanceOf(colour) + 0.05) >= 4.5, colour);
  assert.equal(colourOf('KariHensien@adatum.com'), colourOf('karihensien@ADATUM.com'));
});

function luminanceOf(colour) {
  const [hue, saturation, lightness] = colour.match(/\d+/g).map(Number).map((value, i) => (i ? value / 100 : value));
  const channel = shift => {
    const k = (shift + hue / 30) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4);
}
