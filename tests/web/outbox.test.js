import test from 'node:test';
import assert from 'node:assert/strict';
import { openGroup, openWith, receive, draft, send, sendAgain, edit } from '../../src/RvpServer/Web/Client/conversation.js';
import { Refused } from '../../src/RvpServer/Web/Client/rvp.js';
import { Items, JO, KARI, YAN, Wire, outboxOf, storeOn, until } from './person.js';

const away = () => Object.assign(new TypeError('Failed to fetch'));
const writes = (store, chat, ...texts) => texts.map(text => {
  const message = draft(store, chat, text);
  send(store, chat, message);
  return message;
});
const idsOf = wire => wire.sent.map(({ document }) => /Message-Id: (\S+)/.exec(document)[1]);

/** A network on which each request takes as long as the test wants. */
class SlowWire extends Wire {
  waiting = [];

  async notify(url, document, ackType) {
    await new Promise(go => this.waiting.push(go));
    return super.notify(url, document, ackType);
  }
}

test('what is said quickly goes one after the other, to each person in order', async () => {
  const [store, wire] = [storeOn(), new SlowWire()];
  const chat = store.chats[openGroup(store, [KARI, YAN])];
  const outbox = outboxOf(store, wire);

  const said = writes(store, chat, 'one', 'two', 'three');
  for (let i = 0; i < 3; i++) outbox.run();
  assert.equal(wire.waiting.length, 2);
  // Kari's server is quick, Yan's is not.
  wire.waiting[0]();
  await until(() => wire.waiting.length === 3);
  wire.waiting[2]();
  await until(() => wire.waiting.length === 4);
  wire.waiting[3]();
  await until(() => said.every(message => message.left.length === 1));
  for (const at of [1, 4, 5]) {
    await until(() => wire.waiting.length > at);
    wire.waiting[at]();
  }
  await until(() => said.every(message => message.status === 'sent'));

  const heard = url => wire.texts.filter((_, i) => wire.sent[i].url === url);
  assert.deepEqual([heard(KARI), heard(YAN)], [['one', 'two', 'three'], ['one', 'two', 'three']]);
});

test('what is said without a connection waits for it, and then goes by itself, in order', async () => {
  const [store, wire] = [storeOn(), new Wire()];
  const chat = store.chats[openWith(store, KARI)];
  const outbox = outboxOf(store, wire);
  store.apply({ kind: 'connection', state: 'offline' });

  const said = writes(store, chat, 'one', 'two');
  outbox.run();
  assert.deepEqual([wire.sent, said.map(message => message.status)], [[], ['sending', 'sending']]);
  store.apply({ kind: 'connection', state: 'online' });
  outbox.wake();
  await until(() => said.every(message => message.status === 'sent'));

  assert.deepEqual(wire.texts, ['one', 'two']);
});

test('it goes after a reload, and what has gone does not go again', async () => {
  const storage = new Items();
  const before = storeOn(storage);
  const chat = before.chats[openWith(before, KARI)];
  const wire = new Wire();
  const [one] = writes(before, chat, 'one');
  outboxOf(before, wire).run();
  await until(() => one.status === 'sent');
  writes(before, chat, 'two', 'three');

  const after = storeOn(storage);
  const there = after.chats[chat.id].messages;
  outboxOf(after, wire).run();
  await until(() => there.every(message => message.status === 'sent'));
  outboxOf(storeOn(storage), wire).run();

  assert.deepEqual(wire.texts, ['one', 'two', 'three']);
});

test('a request whose answer was lost goes once more under the same id, by which the second copy is known', async () => {
  const [store, wire, kari] = [storeOn(), new Wire({ [KARI]: away() }), storeOn()];
  const chat = store.chats[openWith(store, KARI)];
  let isAway = false;
  const outbox = outboxOf(store, wire, () => { isAway = true; });

  const [message] = writes(store, chat, 'Hello');
  outbox.run();
  await until(() => isAway);
  outbox.run();
  assert.deepEqual([wire.sent.length, message.status], [1, 'sending']);
  wire.refused = {};
  outbox.wake();
  await until(() => message.status === 'sent');

  assert.equal(idsOf(wire).length, 2);
  assert.equal(new Set(idsOf(wire)).size, 1);
  const copy = { from: { url: KARI, name: 'Kari' }, to: [{ url: JO.url, name: 'Jo' }], kind: 'text', session: '{A}', text: 'Hello', id: '<1@im.adatum.com>' };
  for (const from of [copy.from, copy.from, { url: YAN, name: 'Yan' }]) receive(kari, { ...copy, from });
  assert.deepEqual([kari.chatWith(KARI).messages.length, kari.chatWith(YAN).messages.length], [1, 1]);
});

test('a server that is busy, or something before it that cannot reach it, is asked again; a refusal is final', async () => {
  const before = Object.assign(new Refused(502, ''), { isByOther: true });
  for (const [error, isFinal] of [[new Refused(503, '', 5), false], [before, false], [new Refused(502, ''), true], [new Refused(412, ''), true]]) {
    const [store, wire] = [storeOn(), new Wire({ [KARI]: error })];
    const outbox = outboxOf(store, wire, () => assert.fail('The connection stands.'));
    const [message, next] = writes(store, store.chats[openWith(store, KARI)], 'Hello', 'Next');

    outbox.run();
    await until(() => wire.sent.length === (isFinal ? 2 : 1));
    await until(() => !isFinal || next.status === 'failed');

    assert.equal(message.status, isFinal ? 'failed' : 'sending', error.status);
    wire.refused = {};
    if (isFinal) sendAgain(store, store.chatWith(KARI), message);
    outbox.wake();
    await until(() => message.status === 'sent');
  }
});

test('what cannot be sent again and again is given up, and says why', async () => {
  const [store, wire] = [storeOn(), new Wire({ [KARI]: away() })];
  const outbox = outboxOf(store, wire);
  const [message] = writes(store, store.chats[openWith(store, KARI)], 'Hello');

  for (let i = 1; message.status === 'sending' && i < 50; i++) {
    outbox.wake();
    await until(() => wire.sent.length === i);
    await new Promise(setImmediate);
  }

  assert.deepEqual([message.status, message.why, wire.sent.length], ['failed', 'The server cannot be reached.', 8]);
});

test('nothing leaves a page that has stopped, and an answer that comes late still counts', async () => {
  const [store, wire] = [storeOn(), new SlowWire()];
  const outbox = outboxOf(store, wire);
  const [one, two] = writes(store, store.chats[openWith(store, KARI)], 'one', 'two');
  outbox.run();

  outbox.stop();
  wire.waiting[0]();
  await until(() => one.status === 'sent');

  assert.deepEqual([two.status, wire.waiting.length], ['sending', 1]);
});

test('why a message has not gone is said as it is, and what the server cannot take now is tried again meanwhile', async () => {
  const refused = (status, marks = {}) => Object.assign(new Refused(status, ''), marks);
  const causes = [
    [refused(412), 'This person is not available at the moment.'],
    [refused(412, { isFull: true }), 'There is no room for more messages to this person until they have taken some.'],
    [refused(413), 'The message is too long.'],
    [refused(413, { isByOther: true }), 'The message is too long.'],
    [refused(502), 'The server of this person cannot be reached.'],
    [refused(507), 'The server has no room for more.'],
    [refused(403), 'This person does not take messages from you.'],
  ];
  for (const [error, cause] of causes) {
    const [store, wire] = [storeOn(), new Wire({ [KARI]: error })];
    const [message] = writes(store, store.chats[openWith(store, KARI)], 'Hello');
    outboxOf(store, wire).run();
    await until(() => message.status === 'failed');
    assert.equal(message.why, cause);
  }

  const wire = new Wire({ [KARI]: refused(503) });
  const store = storeOn();
  const chat = store.chats[openWith(store, KARI)];
  const [message] = writes(store, chat, 'Hello');
  const outbox = outboxOf(store, wire);
  outbox.run();
  await until(() => message.why);
  assert.deepEqual([message.status, message.why], ['sending', 'The server cannot deliver it at the moment.']);
  wire.refused = {};
  outbox.wake();
  await until(() => message.status === 'sent');
  assert.equal(message.why, undefined);
});

test('whoever leaves a group is not waited for', () => {
  const store = storeOn();
  const chat = store.chats[openGroup(store, [KARI, YAN])];
  const [message] = writes(store, chat, 'Hello');

  store.apply({ kind: 'delivery', chat: chat.id, id: message.id, to: KARI, outcome: 'sent' });
  store.apply({ kind: 'left', chat: chat.id, from: YAN });

  assert.equal(message.status, 'sent');
});

test('what waits for one of a group says for whom, until that one is heard of anywhere', () => {
  for (const sign of ['state', 'message', 'typing']) {
    const store = storeOn();
    store.apply({ kind: 'contacts', contacts: [{ url: YAN, address: '', name: 'Yan' }] });
    const chat = store.chats[openGroup(store, [KARI, YAN])];
    const [message] = writes(store, chat, 'Hello');
    for (const [to, outcome] of [[KARI, 'sent'], [YAN, 'waiting']]) store.apply({ kind: 'delivery', chat: chat.id, id: message.id, to, outcome });
    assert.deepEqual([message.status, message.waiting], ['waiting', [YAN]]);

    if (sign === 'state') store.apply({ kind: 'person', url: YAN, person: { state: 'busy' } });
    if (sign === 'message') receive(store, { from: { url: YAN, name: '' }, to: [], kind: 'text', session: '{B}', text: 'I am here' });
    if (sign === 'typing') store.apply({ kind: 'typing', chat: chat.id, from: YAN });

    assert.equal(message.status, 'sent', sign);
  }
});

test('what is late says when it was said, what is not does not', async () => {
  const [store, wire] = [storeOn(), new Wire()];
  const chat = store.chats[openWith(store, KARI)];
  const [late, soon] = writes(store, chat, 'late', 'soon');
  late.at = Date.UTC(2026, 10, 24, 21, 23, 35);

  outboxOf(store, wire).run();
  await until(() => soon.status === 'sent');

  assert.match(wire.sent[0].document, /\r\nDate: Tue, 24 Nov 2026 21:23:35 GMT\r\n/);
  assert.doesNotMatch(wire.sent[1].document, /Date:/);
});

test('what version 0.1 stored goes on', () => {
  const storage = new Items();
  const store = storeOn(storage);
  const chat = store.chats[openWith(store, KARI)];
  const own = (id, status, rest) => ({ id, type: 'text', from: '', text: id, at: 1, status, to: [KARI], ...rest });
  for (const message of [own('a', 'sending'), own('b', 'failed', { failed: [KARI] }), own('c', 'waiting'), own('d', 'sent')]) store.apply({ kind: 'message', chat: chat.id, message, isNews: false });
  store.save();

  const after = storeOn(storage);
  assert.deepEqual(after.chatWith(KARI).messages.map(message => [message.status, message.refused ?? message.waiting]), [['failed', [KARI]], ['failed', [KARI]], ['waiting', [KARI]], ['sent', undefined]]);
  after.apply({ kind: 'message', chat: chat.id, message: { id: 'e', type: 'text', from: KARI, text: 'x', at: 2, status: 'sent' }, isNews: true });
  assert.equal(after.chatWith(KARI).messages[2].status, 'sent');
});

test('a correction goes as one, after what it corrects, and not to those who came later', async () => {
  const [store, wire] = [storeOn(), new Wire()];
  const chat = store.chats[openGroup(store, [KARI])];
  const outbox = outboxOf(store, wire);
  const [message] = writes(store, chat, 'Helo');
  outbox.run();
  await until(() => message.status === 'sent');
  store.apply({ kind: 'chat', id: chat.id, isGroup: true, session: '', members: [YAN] });

  edit(store, chat, message, 'Hello');
  outbox.run();
  await until(() => message.status === 'sent');

  assert.deepEqual([wire.texts, wire.sent.map(sent => sent.url)], [['Helo', '* Hello'], [KARI, KARI]]);
  assert.match(wire.sent[1].document, new RegExp(`\r\nX-Rvp-Replaces: ${message.mid}\r\n`));
  assert.notEqual(idsOf(wire)[0], idsOf(wire)[1]);
});
