import test from 'node:test';
import assert from 'node:assert/strict';
import { forgetAll } from '../../src/RvpServer/Web/Client/keeping.js';
import { Items, JO, KARI, YAN, storeOn, withMessage, urlOf } from './person.js';

test('a message is there, unread, until it is read', () => {
  const store = withMessage(storeOn());

  assert.deepEqual(store.chats.c.messages.map(message => message.text), ['Hello']);
  assert.equal(store.chats.c.unread, 1);
  store.apply({ kind: 'read', chat: 'c' });
  assert.equal(store.chats.c.unread, 0);
  store.apply({ kind: 'closed', chat: 'c' });
  assert.deepEqual(Object.keys(store.chats), []);
});

test('what is emitted here happens in the other tab as well, and the page hears of it', () => {
  const [here, there, heard] = [storeOn(), storeOn(), []];
  here.post = event => there.apply(JSON.parse(JSON.stringify(event)));
  there.onChange = event => heard.push(event.kind);

  here.emit({ kind: 'contacts', contacts: [{ url: KARI, address: 'KariHensien@adatum.com', name: 'Kari' }] });
  here.emit({ kind: 'connection', state: 'online' });

  assert.equal(there.person(KARI).name, 'Kari');
  assert.deepEqual(there.connection, { state: 'online', retryAt: undefined });
  assert.deepEqual(heard, ['contacts', 'connection']);
});

test('a new tab knows what the leading one knows', () => {
  const leader = withMessage(storeOn());
  leader.apply({ kind: 'connection', state: 'online' });
  leader.apply({ kind: 'contacts', contacts: [{ url: KARI, address: '', name: '' }] });
  leader.apply({ kind: 'person', url: KARI, person: { state: 'busy' } });
  const other = storeOn();

  other.apply(JSON.parse(JSON.stringify(leader.snapshot())));

  assert.equal(other.connection.state, 'online');
  assert.equal(other.person(KARI).state, 'busy');
});

test('events about what is not there, or of a kind that nobody knows, change nothing', () => {
  const store = storeOn();
  const before = JSON.stringify(store.chats);

  for (const kind of ['message', 'delivery', 'again', 'edited', 'named', 'muted', 'typing', 'left', 'read', 'closed', 'newer', 'constructor', '__proto__']) store.apply({ kind, chat: 'nowhere', from: KARI, message: { from: '', text: '' } });

  assert.equal(JSON.stringify(store.chats), before);
});

test('how somebody is whom nobody tells about is unknown: a stranger, who was taken off the list, everybody while the server is away', () => {
  const store = withMessage(storeOn());
  const contacts = [{ url: KARI, address: '', name: 'Kari' }];
  const seen = () => [store.person(KARI).state, store.person(KARI).isThere];

  store.apply({ kind: 'connection', state: 'online' });
  store.apply({ kind: 'person', url: KARI, person: { state: 'busy' } });
  assert.deepEqual(seen(), ['unknown', false]);
  store.apply({ kind: 'contacts', contacts });
  assert.deepEqual(seen(), ['busy', true]);
  store.apply({ kind: 'connection', state: 'offline' });
  assert.deepEqual([seen(), store.person(JO.url).state], [['unknown', true], 'unknown']);
  store.apply({ kind: 'connection', state: 'online' });
  assert.deepEqual(seen(), ['busy', true]);
  store.apply({ kind: 'contacts', contacts: [] });
  store.apply({ kind: 'contacts', contacts });
  assert.deepEqual(seen(), ['unknown', false]);
});

test('people have the best name that is known: the server\'s, the list\'s, their own, their address', () => {
  const store = storeOn();

  store.apply({ kind: 'contacts', contacts: [{ url: KARI, address: 'k@adatum.com', name: '' }] });
  assert.equal(store.person(KARI).name, 'KariHensien@adatum.com');
  store.apply({ kind: 'person', url: KARI, person: { said: 'The Boss' } });
  assert.equal(store.person(KARI).name, 'The Boss');
  store.apply({ kind: 'contacts', contacts: [{ url: KARI, address: 'k@adatum.com', name: 'Kari' }] });
  assert.deepEqual([store.person(KARI).name, store.person(KARI).address], ['Kari', 'KariHensien@adatum.com']);
  store.apply({ kind: 'person', url: KARI.toUpperCase().replace('HTTP', 'http'), person: { name: 'Kari Hensien' } });
  assert.equal(store.person(KARI).name, 'Kari Hensien');
  assert.deepEqual([store.person(JO.url).name, store.person(JO.url).isMe], ['Jo Brown', true]);
});

test('what people say of themselves is shown as what they say, and their address is that of their URL', () => {
  const store = withMessage(storeOn());

  store.apply({ kind: 'person', url: KARI, person: { name: 'The Boss', address: 'boss@adatum.com' } });
  const stranger = store.person(KARI);
  store.apply({ kind: 'contacts', contacts: [{ url: KARI, address: 'KariHensien@adatum.com', name: 'Kari' }] });
  const contact = store.person(KARI);
  store.apply({ kind: 'person', url: KARI, person: { address: 'KARIHENSIEN@adatum.com' } });

  assert.deepEqual([stranger.name, stranger.address, stranger.says], ['KariHensien@adatum.com', 'KariHensien@adatum.com', 'The Boss, boss@adatum.com']);
  assert.deepEqual([contact.name, contact.address, contact.says], ['The Boss', 'KariHensien@adatum.com', 'boss@adatum.com']);
  assert.equal(store.person(KARI).says, '');
});

test('a URL that others could read as somebody else is shown as it is', () => {
  const store = storeOn();
  for (const url of [`${KARI}?/instmsg/aliases/boss`, `http://im.adatum.com/instmsg/local/evil.example/instmsg/aliases/KariHensien`, KARI + '/', KARI + '#/boss']) {
    store.apply({ kind: 'contacts', contacts: [{ url: KARI, address: 'k', name: 'Kari' }] });
    const person = store.person(url);
    assert.deepEqual([person.name, person.address, person.isContact], [url, url, false]);
  }
});

test('of two thousand contacts one change makes one anew, and nobody twice', () => {
  const store = storeOn();
  store.apply({ kind: 'connection', state: 'online' });
  const urls = Array.from({ length: 2000 }, (_, i) => urlOf('person' + i));
  store.apply({ kind: 'contacts', contacts: urls.map(url => ({ url, address: '', name: 'x' })) });
  const before = urls.map(url => store.person(url));

  store.apply({ kind: 'person', url: urls[7].toUpperCase().replace('HTTP', 'http'), person: { state: 'busy' } });

  const after = urls.map(url => store.person(url));
  assert.deepEqual(after.flatMap((person, i) => (person === before[i] ? [] : [i])), [7]);
  assert.equal(after[7].state, 'busy');
  store.apply({ kind: 'access', access: { everyone: true, rules: { [urls[8]]: 'block' }, urls: {} } });
  assert.equal(store.person(urls[8]).isBlocked, true);
});

test('of somebody who is neither a contact nor in a conversation nothing is kept, of others not more than fits', () => {
  const store = withMessage(storeOn());

  for (let i = 0; i < 2000; i++) store.apply({ kind: 'person', url: urlOf('n' + i), person: { state: 'online', name: 'x'.repeat(126_000) } });
  store.apply({ kind: 'person', url: KARI, person: { name: 'y'.repeat(126_000), address: 'z'.repeat(126_000), said: '\u{1f600}'.repeat(500) } });

  const kept = Object.values(store.people);
  assert.deepEqual(kept.map(person => [[...person.name].length, person.address.length, [...person.said].length]), [[200, 200, 200]]);
  store.apply({ kind: 'closed', chat: 'c' });
  store.save();
  assert.deepEqual(Object.keys(store.people), []);
});

test('whoever is called as every object has it is nobody', () => {
  const store = storeOn();
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    assert.deepEqual([store.person(name).name, store.person(name).state, store.person(name).isBlocked], [name, 'unknown', false]);
    for (const kind of ['message', 'delivery', 'again', 'edited', 'named', 'muted', 'typing', 'left', 'read', 'closed']) store.apply({ kind, chat: name, from: KARI, id: 'x', message: { from: KARI, text: '' } });
  }
  const loaded = storeOn(Object.assign(new Items(), { [`rvp:${JO.url}`]: JSON.stringify({ format: 1, contacts: [], people: {}, chats: {}, access: { everyone: true, rules: {}, urls: {} }, own: {} }) }));
  assert.equal(loaded.person('constructor').name, 'constructor');
  loaded.apply(structuredClone(loaded.snapshot()));
  assert.equal(loaded.person('constructor').isBlocked, false);
});

test('who is blocked with a whole domain is, unless a nearer rule says otherwise', () => {
  const store = storeOn();
  const at = host => store.person(`http://${host}/instmsg/aliases/x`).blockedDomain;
  const rules = { 'evil.example': 'block', 'good.evil.example': 'allow', 'http://im.evil.example/instmsg/aliases/friend': 'allow' };

  store.apply({ kind: 'access', access: { everyone: true, rules, urls: {} } });

  assert.deepEqual(['evil.example', 'im.evil.example', 'a.b.evil.example:81'].map(at), Array(3).fill('evil.example'));
  assert.deepEqual(['good.evil.example', 'im.good.evil.example', 'notevil.example', 'example', 'evil.example.adatum.com'].map(at), Array(5).fill(''));
  assert.equal(store.person('http://im.evil.example/instmsg/aliases/friend').blockedDomain, '');
  assert.deepEqual([store.person(KARI).domain, store.person(YAN).domain, store.person('no url').domain], ['', 'im.contoso.com', '']);
});

test('no name turns round the page, breaks a line or is empty', () => {
  const store = storeOn();
  const called = name => {
    store.apply({ kind: 'contacts', contacts: [{ url: YAN, address: 'y', name }] });
    return store.person(YAN).name;
  };

  assert.equal(called('Yan\u202e\n\tLi\0\u200f'), 'Yan Li');
  assert.equal(called('\u202e\u2066 \n'), 'YanLi@im.contoso.com');
  assert.equal(called('x'.repeat(5000)).length, 200);
  for (const url of ['', 'no url', '__proto__', 'constructor']) assert.equal(typeof store.person(url).name, 'string');
});

test('a conversation keeps its latest 300 messages and nobody twice', () => {
  const store = withMessage(storeOn());

  for (let i = 0; i < 400; i++) store.apply({ kind: 'message', chat: 'c', message: { id: `${i}`, type: 'text', from: '', text: `${i}`, at: i, status: 'sent' }, isNews: false });
  store.apply({ kind: 'chat', id: 'c', isGroup: false, session: '', members: [KARI.replace('KariHensien', 'karihensien'), YAN] });

  assert.equal(store.chats.c.messages.length, 300);
  assert.equal(store.chats.c.messages.at(-1).text, '399');
  assert.deepEqual(store.chats.c.members, [KARI, YAN]);
  assert.equal(store.chats.c.session, 's');
});

test('whoever leaves is no member any more', () => {
  const store = withMessage(storeOn());

  store.apply({ kind: 'left', chat: 'c', from: KARI.replace('KariHensien', 'karihensien') });

  assert.deepEqual(store.chats.c.members, []);
});

test('somebody types until the message comes', () => {
  const store = withMessage(storeOn());

  store.apply({ kind: 'typing', chat: 'c', from: KARI });
  assert.equal(Object.keys(store.chats.c.typing).length, 1);
  store.apply({ kind: 'message', chat: 'c', message: { id: 'n', type: 'text', from: KARI, text: 'Hi', at: 2, status: 'sent' }, isNews: true });

  assert.deepEqual(Object.keys(store.chats.c.typing), []);
});

test('what was stored is there again, and what was being sent still has to go', () => {
  const storage = new Items();
  const first = withMessage(storeOn(storage), { from: '', status: 'sending', to: [KARI], left: [KARI] });
  first.apply({ kind: 'typing', chat: 'c', from: KARI });
  first.link.cursor = '7';
  first.saveLink();
  first.save();

  const second = storeOn(storage);

  const [message] = second.chats.c.messages;
  assert.deepEqual([message.text, message.status, message.left], ['Hello', 'sending', [KARI]]);
  assert.deepEqual(Object.keys(second.chats.c.typing), []);
  assert.equal(second.link.cursor, '7');
  assert.equal(second.connection.state, 'connecting');
});

test('what nobody can read, or another version has stored, is left out', () => {
  const key = `rvp:${JO.url}`;
  for (const text of ['', '{', '7', 'null', '[]', '{}', '{"chats":{"c":{"lines":[]}}}', '{"format":0,"chats":7}']) {
    const storage = new Items();
    storage.setItem(key, text);
    assert.deepEqual(Object.keys(storeOn(storage).chats), []);
  }
});

test('more than two million characters are never stored: the oldest messages of the fullest conversation go', () => {
  const storage = new Items();
  const store = withMessage(storeOn(storage));
  store.apply({ kind: 'chat', id: 'small', isGroup: false, session: '', members: [YAN] });
  store.apply({ kind: 'message', chat: 'small', message: { id: 's', type: 'text', from: YAN, text: 'small', at: 1, status: 'sent' }, isNews: true });
  for (let i = 0; i < 30; i++) store.apply({ kind: 'message', chat: 'c', message: { id: `${i}`, type: 'text', from: '', text: 'x'.repeat(100_000), at: i, status: 'sent' }, isNews: false });

  store.save();

  assert.ok(storage.getItem(`rvp:${JO.url}`).length <= 2_000_000);
  assert.equal(store.chats.c.messages.at(-1).id, '29');
  assert.equal(store.chats.small.messages.length, 1);
});

test('huge things that strangers and contacts say of themselves cost no line', () => {
  const storage = new Items();
  const store = withMessage(storeOn(storage), { text: 'an important line' });
  const contacts = Array.from({ length: 400 }, (_, i) => ({ url: urlOf('c' + i), address: '', name: 'c' + i }));
  store.apply({ kind: 'contacts', contacts });

  for (let i = 0; i < 20; i++) store.apply({ kind: 'person', url: `http://im.evil.example/instmsg/aliases/n${i}`, person: { name: 'x'.repeat(126_000) } });
  for (let i = 0; i < 20; i++) store.apply({ kind: 'person', url: KARI, person: { name: 'x'.repeat(126_000) } });
  for (const { url } of contacts) store.apply({ kind: 'person', url, person: { name: 'x'.repeat(126_000) } });
  store.save();

  assert.equal(storeOn(storage).chats.c.messages[0].text, 'an important line');
});

test('a conversation that is flooded pushes nothing out of the others', () => {
  const storage = new Items();
  const store = withMessage(storeOn(storage), { text: 'an important line' });
  for (let i = 0; i < 30; i++) {
    store.apply({ kind: 'chat', id: 'f' + i, isGroup: false, session: '', members: [urlOf('f' + i)] });
    store.apply({ kind: 'message', chat: 'f' + i, message: { id: 'x', type: 'text', from: urlOf('f' + i), text: 'x'.repeat(126_000), at: 1, status: 'sent' }, isNews: true });
  }

  store.save();

  const again = storeOn(storage);
  assert.equal(again.chats.c.messages[0].text, 'an important line');
  assert.ok(storage.getItem(`rvp:${JO.url}`).length <= 2_000_000);
});

test('a storage that is full or forbidden breaks nothing', () => {
  const storage = new Items();
  storage.setItem = () => { throw new Error('QuotaExceededError'); };
  const store = withMessage(storeOn(storage));

  store.save();

  assert.equal(store.chats.c.messages.length, 1);
});

test('after signing out nothing is left, and nothing comes back', () => {
  const storage = new Items();
  storage.setItem('other', 'stays');
  const store = withMessage(storeOn(storage));
  store.save();
  store.saveLink();

  store.forget();
  store.save();
  store.saveLink();
  withMessage(store);

  assert.deepEqual(Object.keys(storage), ['other']);
});

test('nobody else\'s messages stay behind', () => {
  const storage = new Items();
  for (const name of ['rvp:a', 'rvp-link:a', 'rvp-draft:a', 'rvp:b', 'rvp-link:b', 'rvp-draft:b', 'rvp-address']) storage.setItem(name, '{}');

  forgetAll(storage, 'b');

  assert.deepEqual(Object.keys(storage).sort(), ['rvp-address', 'rvp-draft:b', 'rvp-link:b', 'rvp:b']);
});
