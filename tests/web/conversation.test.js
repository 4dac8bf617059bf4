import test from 'node:test';
import assert from 'node:assert/strict';
import { receive } from '../../src/RvpServer/Web/Client/conversation.js';
import { openWith, openGroup } from '../../src/RvpServer/Web/Client/opening.js';
import { draft, leave } from '../../src/RvpServer/Web/Client/sending.js';
import { sendAgain, sendTyping, excess } from '../../src/RvpServer/Web/Client/writing.js';
import { Refused } from '../../src/RvpServer/Web/Client/rvp.js';
import { JO, KARI, YAN, Wire, outboxOf, says, storeOn, until } from './person.js';

const jo = { url: JO.url, name: 'Jo Brown' };
const kari = { url: KARI, name: 'Kari' };
const yan = { url: YAN, name: 'Yan' };

const came = (from, to, text, rest = {}) => ({ from, to, kind: 'text', session: '{A}', text, ...rest });
const textsOf = chat => chat.messages.map(message => message.text);

test('messages of one person are one conversation, whichever session they come in', () => {
  const store = storeOn();

  receive(store, came(kari, [jo], 'one'));
  receive(store, came({ ...kari, url: KARI.toLowerCase() }, [jo], 'two', { session: '{B}' }));

  const [chat, ...others] = Object.values(store.chats);
  assert.deepEqual([textsOf(chat), chat.unread, chat.isGroup, chat.session, others.length], [['one', 'two'], 2, false, '{B}', 0]);
  assert.equal(openWith(store, KARI), chat.id);
});

test('what was written at another place of one\'s own is ours and is no news', () => {
  const store = storeOn();

  receive(store, came(jo, [kari], 'from the other place'));

  assert.deepEqual([store.chatWith(KARI).messages[0].from, store.chatWith(KARI).unread], ['', 0]);
});

test('a note to oneself is a conversation with oneself', () => {
  const store = storeOn();

  receive(store, came(jo, [jo], 'remember'));

  assert.deepEqual(textsOf(store.chatWith(JO.url)), ['remember']);
});

test('three people are a conversation of their own', () => {
  const store = storeOn();

  receive(store, came(kari, [jo, yan], 'all'));
  receive(store, came(kari, [jo], 'you alone', { session: '{B}' }));
  receive(store, came(yan, [jo], 'still in the group', { session: '{a}' }));

  const group = Object.values(store.chats).find(chat => chat.isGroup);
  assert.deepEqual([textsOf(group), group.members], [['all', 'still in the group'], [KARI, YAN]]);
  assert.deepEqual(textsOf(store.chatWith(KARI)), ['you alone']);
});

test('whoever leaves a group is gone from it, and nobody leaves a conversation of two', () => {
  const store = storeOn();
  receive(store, came(kari, [jo, yan], 'all'));
  receive(store, came(kari, [jo], 'you', { session: '{B}' }));

  receive(store, came(yan, [jo], '', { kind: 'leave' }));
  receive(store, came(kari, [jo], '', { kind: 'leave', session: '{B}' }));
  receive(store, came(yan, [jo], '', { kind: 'leave', session: '{never heard of}' }));

  const group = Object.values(store.chats).find(chat => chat.isGroup);
  assert.deepEqual([group.members, textsOf(group)], [[KARI], ['all', 'YanLi@im.contoso.com has left the conversation.']]);
  assert.deepEqual([store.chatWith(KARI).members, textsOf(store.chatWith(KARI))], [[KARI], ['you']]);
});

test('typing and the opening of a session make no conversation', () => {
  const store = storeOn();

  receive(store, came(kari, [jo], '', { kind: 'typing' }));
  receive(store, came(kari, [jo], '', { kind: 'opening' }));
  receive(store, null);

  assert.deepEqual(Object.keys(store.chats), []);
});

test('what cannot be shown is said to have come', () => {
  const store = storeOn();

  receive(store, came(kari, [jo], 'BLOB', { kind: 'invitation' }));
  receive(store, came(kari, [jo], 'BLOB', { kind: 'unknown' }));

  assert.deepEqual(store.chatWith(KARI).messages.map(message => [message.type, message.text]), Array(2).fill(['note', 'KariHensien@adatum.com sent something that this client cannot show, such as a file or a call.']));
});

const eve = { url: 'http://im.evil.example/instmsg/aliases/eve', name: 'Kari Hensien' };
const withKari = () => {
  const store = storeOn();
  store.apply({ kind: 'contacts', contacts: [{ url: KARI, address: 'KariHensien@adatum.com', name: 'Kari Hensien' }] });
  return store;
};
const groupOf = store => Object.values(store.chats).find(chat => chat.isGroup);

test('whom a member adds is announced, and gets what is written from then on', async () => {
  const [store, wire] = [withKari(), new Wire()];
  receive(store, came(kari, [jo, yan], 'all'));

  receive(store, came(kari, [jo, yan, eve], '', { kind: 'opening' }));

  const group = groupOf(store);
  assert.deepEqual([group.members, textsOf(group)], [[KARI, YAN, eve.url], ['all', 'Kari Hensien added eve@im.evil.example to the conversation.']]);
  assert.equal(group.messages[1].type, 'note');
  await says(store, wire, group, 'Hello');
  assert.deepEqual(wire.sent.map(sent => sent.url), [KARI, YAN, eve.url]);
  receive(store, came(jo, [kari, yan, eve, { ...eve, url: eve.url + '2' }], 'from the other place'));
  assert.deepEqual(textsOf(group).slice(-2), ['You added eve2@im.evil.example to the conversation.', 'from the other place']);
});

test('nobody adds anybody to a conversation that he is not in', () => {
  for (const kind of ['opening', 'text', 'typing', 'invitation', 'leave', 'unknown']) {
    const store = withKari();
    receive(store, came(kari, [jo, yan], 'all'));

    receive(store, came(eve, [jo, kari, yan], 'psst', { kind }));
    receive(store, came(eve, [jo, kari, { ...eve, url: eve.url + '2' }], 'psst', { kind }));

    assert.deepEqual([groupOf(store).members, textsOf(groupOf(store))], [[KARI, YAN], ['all']], kind);
  }
});

test('what somebody outside writes into a conversation is a conversation with him alone', () => {
  const store = withKari();
  receive(store, came(kari, [jo, yan], 'all'));

  receive(store, came(eve, [jo, kari, yan], 'hello all'));

  const own = store.chatWith(eve.url);
  assert.deepEqual([textsOf(own), own.members, own.isGroup], [['hello all'], [eve.url], false]);
  assert.notEqual(own.session, groupOf(store).session);
});

test('whoever has left is outside', () => {
  const store = withKari();
  receive(store, came(kari, [jo, yan, eve], 'all'));
  receive(store, came(eve, [jo], '', { kind: 'leave' }));

  receive(store, came(eve, [jo, kari, yan, { ...eve, url: eve.url + '2' }], 'back again'));
  assert.deepEqual(groupOf(store).members, [KARI, YAN]);
  receive(store, came(yan, [jo, kari, eve], 'come in'));

  assert.deepEqual(groupOf(store).members, [KARI, YAN, eve.url]);
  assert.equal(textsOf(groupOf(store)).at(-2), 'YanLi@im.contoso.com added eve@im.evil.example to the conversation.');
});

test('a crowd is cut', () => {
  const store = withKari();
  const crowd = Array.from({ length: 500 }, (_, i) => ({ url: `http://im.evil.example/instmsg/aliases/n${i}`, name: 'x' }));

  receive(store, came(kari, [jo, ...crowd], 'all'));
  receive(store, came(kari, [jo, ...crowd.reverse()], 'again'));

  assert.deepEqual([groupOf(store).members.length, textsOf(groupOf(store))], [50, ['all', 'again']]);
});

test('conversations with strangers make room for each other, not those with contacts', () => {
  const store = withKari();
  receive(store, came(kari, [jo], 'important'));

  for (let i = 0; i < 300; i++) receive(store, came({ url: `http://im.evil.example/instmsg/aliases/n${i}`, name: 'x' }, [jo], 'spam', { session: `{${i}}` }));

  assert.deepEqual([Object.keys(store.chats).length, textsOf(store.chatWith(KARI))], [101, ['important']]);
  assert.deepEqual(textsOf(store.chatWith('http://im.evil.example/instmsg/aliases/n299')), ['spam']);
});

test('odd people in a message break nothing', () => {
  const store = storeOn();

  for (const url of ['', 'no url', '__proto__', 'constructor', 'javascript:alert(1)', '\ud800']) receive(store, came({ url, name: 'x'.repeat(10_000) }, [jo], 'odd'));

  for (const chat of Object.values(store.chats)) assert.equal(typeof store.person(chat.members[0]).name, 'string');
  assert.ok(JSON.stringify(store.people).length < 2000);
});

test('what is sent says when it has arrived', async () => {
  const [store, wire] = [storeOn(), new Wire()];
  const chat = store.chats[openWith(store, KARI)];

  const sending = says(store, wire, chat, 'Hello');
  assert.equal(chat.messages[0].status, 'sending');
  await sending;

  assert.deepEqual([chat.messages[0].status, wire.sent.map(sent => [sent.url, sent.ackType])], ['sent', [[KARI, 'DeepOr']]]);
});

test('what waits for somebody says so, until that one is there', async () => {
  const [store, wire] = [withKari(), new Wire({}, [KARI])];
  const chat = store.chats[openWith(store, KARI)];

  await says(store, wire, chat, 'Hello');
  assert.deepEqual([chat.messages[0].status, chat.messages[0].waiting], ['waiting', [KARI]]);
  store.apply({ kind: 'person', url: KARI, person: { state: 'offline' } });
  assert.equal(chat.messages[0].status, 'waiting');
  store.apply({ kind: 'person', url: KARI, person: { state: 'busy' } });
  assert.equal(chat.messages[0].status, 'sent');
  await says(store, wire, chat, 'And');
  receive(store, came(kari, [jo], 'I am here'));

  assert.deepEqual(chat.messages.map(message => message.status), ['sent', 'sent', 'sent']);
});

test('a message has the time at which it was sent, and never one that is to come', () => {
  const store = storeOn();
  const sent = Date.UTC(2026, 10, 24, 21, 23, 35);

  for (const at of [sent, Date.now() + 86_400_000, -1e15, undefined]) receive(store, came(kari, [jo], 'x', at === undefined ? {} : { at }));

  const [first, ...others] = store.chatWith(KARI).messages.map(message => message.at);
  assert.equal(first, Math.min(sent, Date.now()));
  assert.deepEqual(others.map(at => at > Date.UTC(1999, 11) && at <= Date.now()), [true, true, true]);
});

test('a request that is ignored makes no more noise, until it is answered', async () => {
  const store = storeOn();
  receive(store, came(kari, [jo], 'one'));
  const chat = store.chatWith(KARI);

  store.apply({ kind: 'ignored', chat: chat.id });
  receive(store, came(kari, [jo], 'two'));
  assert.deepEqual([chat.unread, textsOf(chat)], [0, ['one', 'two']]);
  await says(store, new Wire(), chat, 'Well');
  receive(store, came(kari, [jo], 'three'));

  assert.deepEqual([chat.unread, chat.isIgnored], [1, false]);
});

test('what one of the group has not got says who and why, and goes again to nobody else', async () => {
  const wire = new Wire({ [YAN]: new Refused(412, '') });
  const store = storeOn();
  const chat = store.chats[openGroup(store, [KARI, YAN])];

  await says(store, wire, chat, 'Hello');
  assert.deepEqual([chat.messages[0].status, chat.messages[0].refused, chat.messages[0].why], ['failed', [YAN], 'This person is not available at the moment.']);
  assert.match(wire.sent[0].document, /<r:notification-to>.*KariHensien.*YanLi.*JoBrown.*<\/r:notification-to>/);
  wire.refused = {};
  sendAgain(store, chat, chat.messages[0]);
  outboxOf(store, wire).run();
  await until(() => chat.messages[0].status === 'sent');

  assert.deepEqual([chat.messages[0].status, wire.sent.map(sent => sent.url)], ['sent', [KARI, YAN, YAN]]);
});

test('every refusal has words for people', async () => {
  for (const error of [401, 403, 404, 412, 413, 500, 502, 999].map(status => new Refused(status, 'in the server\'s words'))) {
    const store = storeOn();
    const chat = store.chats[openWith(store, KARI)];

    await says(store, new Wire({ [KARI]: error }), chat, 'Hello');

    assert.match(chat.messages[0].why, /^(?:The|This|Nobody|You) .*\.$/);
    assert.doesNotMatch(chat.messages[0].why, /server's words|fetch/);
  }
});

test('how much too long a text is counts in bytes, with all that is around it', () => {
  const store = storeOn();
  const chat = store.chats[openWith(store, KARI)];
  const over = text => excess(store, chat, draft(store, chat, text));
  const room = -over('');

  assert.ok(room > 130_000);
  assert.equal(over('x'.repeat(room)), 0);
  assert.equal(over('ö'.repeat(room)), room);
});

test('typing is told once in four seconds, and not to contacts who are away', () => {
  const [store, wire] = [storeOn(), new Wire()];
  store.apply({ kind: 'contacts', contacts: [{ url: YAN, address: 'y', name: 'Yan' }] });
  store.apply({ kind: 'connection', state: 'online' });
  store.apply({ kind: 'person', url: YAN, person: { state: 'offline' } });
  const stranger = store.chats[openWith(store, KARI)];
  const offline = store.chats[openWith(store, YAN)];

  for (let i = 0; i < 5; i++) for (const chat of [stranger, offline]) sendTyping(store, wire, chat);

  assert.deepEqual(wire.sent.map(sent => [sent.url, sent.ackType]), [[KARI, 'SingleHop']]);
});

test('a group is told that one leaves, a person is not', () => {
  const [store, wire] = [storeOn(), new Wire({ [KARI]: new Refused(412, '') })];

  leave(store, wire, store.chats[openGroup(store, [KARI, YAN])]);
  leave(store, wire, store.chats[openWith(store, KARI)]);

  assert.deepEqual([wire.sent.map(sent => sent.url), Object.keys(store.chats)], [[KARI, YAN], []]);
});
