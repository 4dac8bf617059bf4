using Rvp.Client.Messages;
using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>
/// A conversation with one or several people, identified by its Session-Id. There is no room at the server: every message is sent to each member. Safe for use
/// by several threads.
/// </summary>
public sealed class Conversation
{
    /// <summary>Largest number of members.</summary>
    public const int MaxMembers = 50;

    /// <summary>How often others are told that we are typing. [client]</summary>
    private static readonly TimeSpan TypingInterval = TimeSpan.FromSeconds(4);

    private readonly RvpClient client;
    private readonly Lock gate = new();
    private readonly Dictionary<RvpUrl, string> members = [];
    private Task last = Task.CompletedTask;
    private long typedAt = long.MinValue;

    internal Conversation(RvpClient client, string id)
    {
        this.client = client;
        Id = id;
    }

    /// <summary>The Session-Id.</summary>
    public string Id { get; }

    /// <summary>Everybody in the conversation except us.</summary>
    public IReadOnlyList<ImAddress> Members => [.. Urls.Select(member => client.AddressOf(member.Url)).OfType<ImAddress>()];

    /// <summary>What our history at the server calls it: the other person's logical URL, or the Session-Id where there are several.</summary>
    internal string NameInHistory => Urls is [var only] ? only.Url.ToString() : Id;

    internal IReadOnlyList<(RvpUrl Url, string Name)> Urls
    {
        get { lock (gate) return [.. members.Select(member => (member.Key, member.Value))]; }
    }

    /// <summary>Sends a text to everyone; one result per member.</summary>
    public Task<IReadOnlyList<(ImAddress Member, MessageResult Result)>> SendAsync(string text, CancellationToken stop = default)
    {
        typedAt = long.MinValue;
        return SendAsync(new MimeMessage(MimeMessage.Plain, Id, null, text) { Id = $"<{Guid.NewGuid()}@{client.Options.Address.Domain}>" }, stop);
    }

    /// <summary>Tells the others that we are typing; may be called at every key press: it sends at most every 4 seconds.</summary>
    public async Task TypingAsync(CancellationToken stop = default)
    {
        var now = client.Options.Clock.GetTimestamp();
        if (typedAt != long.MinValue && client.Options.Clock.GetElapsedTime(typedAt, now) < TypingInterval) return;
        typedAt = now;
        await SendAsync(new MimeMessage(MimeMessage.Control, Id, client.Options.Address.ToString(), "\n"), stop).ConfigureAwait(false);
    }

    /// <summary>Declines an invitation, in the protocol's own words: the other's client says so to its user.</summary>
    public Task DeclineAsync(RvpEvent.Invited invitation, CancellationToken stop = default) =>
        SendAsync(new MimeMessage(MimeMessage.Invite, Id, null, InvitationText.Decline(invitation.Cookie)), stop);

    /// <summary>Marks it as read, for all our devices. Throws <see cref="RvpError.NotAllowed"/> where the server keeps no history.</summary>
    public Task MarkReadAsync(CancellationToken stop = default) => client.MarkReadAsync(NameInHistory, null, stop);

    /// <summary>Whether it is this one of our history at the server.</summary>
    public bool Is(PastConversation past) =>
        Urls is [var only]
            ? RvpUrl.TryParseIdentity(past.Conversation, out var url) && client.IsSame(only.Url, url)
            : Id.Equals(past.Conversation, StringComparison.OrdinalIgnoreCase);

    /// <summary>Leaves the conversation and tells the others.</summary>
    public async Task LeaveAsync(CancellationToken stop = default)
    {
        await SendAsync(new MimeMessage(MimeMessage.Leave, Id, null, "\n"), stop).ConfigureAwait(false);
        client.Forget(this);
    }

    /// <summary>Adds a person; that person and the others learn it with the next message.</summary>
    public async Task AddAsync(ImAddress address, CancellationToken stop = default)
    {
        var url = await client.UrlOfAsync(address, stop).ConfigureAwait(false);
        if (!Add(url, "")) throw new RvpClientException(RvpError.Failed, $"A conversation has at most {MaxMembers} members.");
    }

    internal bool Has(RvpUrl url)
    {
        lock (gate) return members.ContainsKey(url);
    }

    internal bool Add(RvpUrl url, string name)
    {
        lock (gate)
        {
            if (members.Count >= MaxMembers && !members.ContainsKey(url)) return false;
            if (name.Length > 0 || !members.ContainsKey(url)) members[url] = name;
            return true;
        }
    }

    internal void Remove(RvpUrl url)
    {
        lock (gate) members.Remove(url);
    }

    // One after the other, so that messages arrive in the order in which they were sent.
    private Task<IReadOnlyList<(ImAddress, MessageResult)>> SendAsync(MimeMessage message, CancellationToken stop)
    {
        lock (gate)
        {
            var sending = SendAfterAsync(last, message, stop);
            last = sending;
            return sending;
        }
    }

    private async Task<IReadOnlyList<(ImAddress, MessageResult)>> SendAfterAsync(Task earlier, MimeMessage message, CancellationToken stop)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        return await client.SendAsync(Urls, message, stop).ConfigureAwait(false);
    }
}
