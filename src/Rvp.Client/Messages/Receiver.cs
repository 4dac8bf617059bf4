using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rvp.Client.Naming;
using Rvp.Client.Session;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Messages;

/// <summary>Turns notifications into events and keeps what is known about contacts.</summary>
internal sealed partial class Receiver(RvpClient client, AddressBook book) : ISessionSink
{
    private const int MaxEvents = 1000;

    private readonly ReadMessages read = new();
    private volatile EventQueue events = new(MaxEvents);
    private readonly ConcurrentDictionary<RvpUrl, Contact> contacts = new();
    private readonly ConcurrentDictionary<RvpUrl, byte> expected = new();
    private readonly ILogger log = ClientLog.Of(client.Options);
    private readonly Lock gate = new();

    public Conversations Conversations { get; } = new(client);

    public ConnectionState State { get; private set; }

    public IReadOnlyCollection<Contact> Contacts => [.. contacts.Values];

    /// <summary>The events, without messages that were read before.</summary>
    public async IAsyncEnumerable<RvpEvent> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var happened in events.ReadAsync(stop).ConfigureAwait(false))
        {
            var message = happened as RvpEvent.MessageReceived;
            if (message is not null && read.Has(message)) continue;
            if (message is not null) ClientMetrics.MessageReceived();
            yield return happened;
            // Not before: whoever stops here gets it again.
            if (message is not null) read.Add(message);
        }
    }

    public Task WhenRead() => events.WhenRead();

    /// <summary>A sign-in is about to begin: who reads from now on reads of this one.</summary>
    public void Begin()
    {
        if (events.HasEnded) events = new EventQueue(MaxEvents);
    }

    /// <inheritdoc/>
    public void End(RvpClientException? cause)
    {
        if (cause is not null) Log.Lost(log, client.Options.Address, cause.Message);
        events.End(cause);
    }

    /// <summary>A watch is about to begin: changes that arrive from now on count.</summary>
    public void Expect(RvpUrl url, ImAddress address)
    {
        if (contacts.TryAdd(url, new Contact(address, url, address.ToString(), PresenceState.Offline))) expected[url] = 0;
    }

    public Contact? Find(RvpUrl url) => contacts.GetValueOrDefault(url);

    public void Forget(RvpUrl url)
    {
        contacts.TryRemove(url, out _);
        expected.TryRemove(url, out _);
    }

    public void ForgetAll()
    {
        contacts.Clear();
        expected.Clear();
    }

    /// <summary>Takes the document of a callback.</summary>
    public async ValueTask<int> TakeAsync(byte[] document, CancellationToken stop)
    {
        try
        {
            return await TakeAsync(NotificationXml.Read(document), mayWait: false, stop).ConfigureAwait(false);
        }
        catch (RvpException)
        {
            return 400;
        }
    }

    public async ValueTask<int> TakeAsync(Notice notice, bool mayWait, CancellationToken stop)
    {
        RvpEvent? happened;
        if (RvpUrl.TryParseIdentity(notice.From, out var written))
        {
            var from = book.Normalize(written);
            if (notice is PropertyChangeNotice change)
            {
                Update(from, change.Properties, isNews: true);
                if (from.Equals(book.Self) && change.Properties.Any(property => property.Name == HistoryXml.Changed))
                    events.TryWrite(new RvpEvent.HistoryChanged());
                return 200;
            }
            happened = EventOf((MessageNotice)notice, from);
        }
        else
        {
            happened = notice is MessageNotice message && MimeMessage.Parse(message.MimeData) is { ContentType: MimeMessage.Plain } mime
                ? new RvpEvent.UnnamedReceived(notice.From, mime.Text) { SentAt = SentAt(mime), Id = mime.Id } : null;
        }
        if (happened is null) return 400;
        if (events.TryWrite(happened)) return 200;
        if (!mayWait) return 503; // The sender is told that the message did not arrive.
        await events.WriteAsync(happened, stop).ConfigureAwait(false);
        return 200;
    }

    public void Seen(RvpUrl contact, IReadOnlyList<Property> properties) => Update(contact, properties, isNews: false);

    public void Report(ConnectionState state, string line)
    {
        lock (gate)
        {
            if (State == state || (State == ConnectionState.SignedOut && state == ConnectionState.Reconnecting)) return;
            State = state;
        }
        if (state == ConnectionState.Reconnecting) ClientMetrics.ConnectionLost();
        Log.Changed(log, client.Options.Address, state, line);
        events.TryWrite(new RvpEvent.ConnectionChanged(state, line));
    }

    /// <summary>The contact, updated with these properties.</summary>
    public static Contact With(Contact contact, IReadOnlyList<Property> properties)
    {
        foreach (var (name, value) in properties)
        {
            if (name == PropertyName.State && PresenceStates.TryParseElement(value, out var state))
            {
                contact = contact with { State = PresenceStates.ShownAs(state) };
            }
            else if (name == PropertyName.DisplayName && InnerText.Of(value) is { Length: > 0 } text) contact = contact with { DisplayName = text };
        }
        return contact;
    }

    private void Update(RvpUrl url, IReadOnlyList<Property> properties, bool isNews)
    {
        lock (gate)
        {
            if (!contacts.TryGetValue(url, out var before)) return;
            var after = With(before, properties);
            var isFirst = expected.ContainsKey(url);
            // A change that arrived before the answer to our SUBSCRIBE is newer than that answer, for the properties it contains.
            if (!isNews && expected.TryRemove(url, out var hasNews) && hasNews != 0) after = after with { State = before.State };
            if (isNews && isFirst) expected[url] = 1;
            contacts[url] = after;
            // The caller of the watch gets the first presence as its result, so no event is needed.
            if (after != before && (isNews || !isFirst)) events.TryWrite(new RvpEvent.PresenceChanged(after));
        }
    }

    private RvpEvent? EventOf(MessageNotice notice, RvpUrl from)
    {
        if (book.AddressOf(from) is not { } sender) return null;
        var mime = MimeMessage.Parse(notice.MimeData);
        List<(RvpUrl, string)> others = [];
        foreach (var (text, name) in notice.To)
            if (RvpUrl.TryParseIdentity(text, out var url) && book.Normalize(url) is var other && !other.Equals(book.Self) && !other.Equals(from)
                && book.AddressOf(other) is not null)
            {
                others.Add((other, name));
            }
        var conversation = Conversations.Of(mime.SessionId, from, notice.FromName, others);
        var shown = notice.FromName.Length > 0 ? MimeMessage.Undouble(notice.FromName) : sender.ToString();
        switch (mime.ContentType)
        {
            case MimeMessage.Plain:
                return new RvpEvent.MessageReceived(conversation, sender, shown, mime.Text)
                {
                    SentAt = SentAt(mime),
                    Id = mime.Id,
                };
            case MimeMessage.Control:
                return mime.TypingUser is null
                    ? new RvpEvent.UnknownReceived(conversation, sender, shown, mime.ContentType)
                    : new RvpEvent.Typing(conversation, sender, shown);
            case MimeMessage.Leave:
                conversation.Remove(from);
                return new RvpEvent.Left(conversation, sender, shown);
            case MimeMessage.Invite when InvitationText.Read(mime.Text) is var (cookie, application):
                return new RvpEvent.Invited(conversation, sender, shown, application, cookie);
            default:
                return new RvpEvent.UnknownReceived(conversation, sender, shown, mime.ContentType);
        }
    }

    // Nothing was sent after it came, whatever the sender's clock says.
    private DateTimeOffset SentAt(MimeMessage mime)
    {
        var now = client.Options.Clock.GetUtcNow();
        return mime.SentAt is { } said && said < now ? said : now;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "ConnectionChanged", Level = LogLevel.Information, Message = "{Account} is {State}: {Line}")]
        public static partial void Changed(ILogger logger, ImAddress account, ConnectionState state, string line);

        [LoggerMessage(EventName = "SignInLost", Level = LogLevel.Error, Message = "The sign-in of {Account} is over for good: {Line}")]
        public static partial void Lost(ILogger logger, ImAddress account, string line);
    }
}
