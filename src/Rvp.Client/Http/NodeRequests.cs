using System.Globalization;
using System.Text;
using Rvp.Client.Naming;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Http;

/// <summary>What the server granted for a SUBSCRIBE.</summary>
internal sealed record Grant(int Id, TimeSpan Lifetime, IReadOnlyList<Property> Properties);

/// <summary>The protocol's verbs as methods. Every answer that the protocol does not define as success becomes an <see cref="RvpClientException"/>.</summary>
internal sealed class NodeRequests(NodeRoutes routes, AddressBook book)
{
    /// <summary>The lifetime to ask for; 4 hours are the standard. [white paper]</summary>
    private static readonly (string, string) Lifetime = (RvpHeaders.SubscriptionLifetime, "14400");

    private static readonly (string, string) Changes = (RvpHeaders.NotificationType, "update/propchange");

    private RvpUrl Self => book.Self!;

    /// <summary>Signs in; without a callback the server queues notifications for POLL, which it is told to expect at this interval.</summary>
    public Task<Grant> SignInAsync(string? callback, TimeSpan interval, CancellationToken stop)
    {
        List<(string, string)> headers = [(RvpHeaders.NotificationType, "pragma/notify"), Lifetime];
        if (callback is not null) headers.Add((RvpHeaders.CallBack, callback));
        else if (interval > TimeSpan.Zero) headers.Add((RvpHeaders.PollInterval, string.Create(CultureInfo.InvariantCulture, $"{interval.TotalSeconds:0}")));
        return SubscribeAsync(Self, headers, stop);
    }

    /// <summary>Watches a node; notifications arrive through our own home server.</summary>
    public Task<Grant> WatchAsync(RvpUrl node, CancellationToken stop) =>
        SubscribeAsync(node, [Changes, (RvpHeaders.CallBack, Self.ToString()), Lifetime], stop);

    public Task<Grant> RenewAsync(RvpUrl node, int id, CancellationToken stop) => SubscribeAsync(node, [Id(id), Lifetime], stop);

    public async Task UnsubscribeAsync(RvpUrl node, int id, CancellationToken stop)
    {
        var response = await AskAsync(node, "UNSUBSCRIBE", [Id(id)], [], stop).ConfigureAwait(false);
        if (response.Status != 412) Require(response, node); // The subscription has already ended, which is what we wanted.
    }

    /// <summary>
    /// Sets a property of our own node and returns its value from the answer; throws <see cref="RvpError.Expired"/> for a view that has ended.
    /// </summary>
    public async Task<string> PropPatchAsync(Property property, CancellationToken stop)
    {
        var response = Require(await AskAsync(Self, "PROPPATCH", [], PropertyUpdateXml.Write(property), stop).ConfigureAwait(false), Self);
        var stats = Read(response, body => MultiStatusXml.Read(body)).SelectMany(answer => answer.PropStats).ToList();
        if (stats.FirstOrDefault(stat => stat.Status is < 200 or >= 300) is { } refused)
            throw new RvpClientException(RvpError.Failed, $"The server does not accept the value: {refused.Status} {refused.Reason}.");
        return stats.SelectMany(stat => stat.Properties).FirstOrDefault(found => found.Name == property.Name).InnerXml ?? "";
    }

    /// <summary>The properties that were found.</summary>
    public async Task<IReadOnlyList<Property>> PropFindAsync(RvpUrl node, IReadOnlyList<PropertyName> names, CancellationToken stop)
    {
        var response = Require(await AskAsync(node, "PROPFIND", [(RvpHeaders.Depth, "0")], PropFindXml.Write(names), stop).ConfigureAwait(false), node);
        return Found(response);
    }

    /// <summary>Who watches us.</summary>
    public async Task<IReadOnlyList<ListedSubscription>> WatchersAsync(CancellationToken stop) =>
        Read(Require(await AskAsync(Self, "SUBSCRIPTIONS", [Changes], [], stop).ConfigureAwait(false), Self), body => SubscriptionsXml.Read(body));

    public async Task<IReadOnlyList<AccessEntry>> ReadAclAsync(CancellationToken stop) =>
        Read(Require(await AskAsync(Self, "ACL", [], [], stop).ConfigureAwait(false), Self), body => AclXml.ReadAnswer(body));

    /// <summary>
    /// Who we are, according to the server. An access list read without naming a principal contains its owner, with all rights, in the server's spelling. Null
    /// if no entry matches.
    /// </summary>
    public async Task<RvpUrl?> FindOwnUrlAsync(CancellationToken stop)
    {
        var response = Require(await routes.AskAnonymouslyAsync(Self, "ACL", stop).ConfigureAwait(false), Self);
        return Read(response, body => AclXml.ReadAnswer(body))
            .FirstOrDefault(entry => entry.Principal?.AliasName is not null && entry.Grant == Rights.All)?.Principal;
    }

    public async Task WriteAclAsync(AccessEntry entry, CancellationToken stop) =>
        Require(await AskAsync(Self, "ACL", [], AclXml.Write([entry]), stop).ConfigureAwait(false), Self);

    /// <summary>Sends a message and gives the answer; throws when the recipient's server was not found.</summary>
    public async Task<RvpResponse> NotifyAsync(RvpUrl node, byte[] message, CancellationToken stop)
    {
        var response = await AskAsync(node, "NOTIFY", [(RvpHeaders.AckType, nameof(AckType.DeepOr)), (RvpHeaders.HopCount, "1")], message, stop)
            .ConfigureAwait(false);
        return !book.IsOwn(node) && OfRelay(response, node.Host) is { } failure ? throw failure : response;
    }

    /// <summary>The waiting notifications, and the cursor that acknowledges them; empty if nothing arrived in time.</summary>
    public async Task<(IReadOnlyList<Notice> Notices, long? Cursor)> PollAsync(
        int id, long? cursor, int? limit, TimeSpan wait, CancellationToken stop)
    {
        List<(string, string)> headers = [Id(id)];
        if (limit is { } most) headers.Add((RvpHeaders.PollLimit, most.ToString(CultureInfo.InvariantCulture)));
        if (cursor is { } known) headers.Add((RvpHeaders.PollCursor, known.ToString(CultureInfo.InvariantCulture)));
        if (wait > TimeSpan.Zero) headers.Add(("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={wait.TotalSeconds:0}")));
        var response = await routes.AskAsync(Self, "POLL", headers, [], wait, stop).ConfigureAwait(false);
        // Without the cursor what it would have acknowledged comes once more, instead of nothing at all.
        if (response.Status == 400 && cursor is not null) return await PollAsync(id, null, limit, wait, stop).ConfigureAwait(false);
        Require(response, Self);
        if (response.Status == 204) return ([], cursor);
        var next = long.TryParse(response[RvpHeaders.PollCursor], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : cursor;
        return (Read(response, body => NotificationsXml.Read(body)), next);
    }

    /// <summary>Asks our own node, or tells it, what is no part of the protocol; a refusal is the server's sentence.</summary>
    public async Task<T> AskOwnAsync<T>(string verb, byte[] body, Func<ReadOnlyMemory<byte>, T> read, CancellationToken stop)
    {
        var response = await AskAsync(Self, verb, [], body, stop).ConfigureAwait(false);
        if (response.Status is 400 or 403 && response.Body.Length is > 0 and <= 200)
            throw new RvpClientException(RvpError.NotAllowed, Encoding.UTF8.GetString(response.Body).Trim());
        return Read(Require(response, Self), read);
    }

    private async Task<Grant> SubscribeAsync(RvpUrl node, IReadOnlyList<(string, string)> headers, CancellationToken stop)
    {
        var response = Require(await AskAsync(node, "SUBSCRIBE", headers, [], stop).ConfigureAwait(false), node);
        if (!int.TryParse(response[RvpHeaders.SubscriptionId], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw new RvpClientException(RvpError.Failed, "The server granted no subscription: this is no RVP server.");
        var seconds = int.TryParse(response[RvpHeaders.SubscriptionLifetime], NumberStyles.None, CultureInfo.InvariantCulture, out var granted) && granted > 0
            ? granted
            : 14400;
        return new Grant(id, TimeSpan.FromSeconds(seconds), response.Status == 207 ? Found(response) : []);
    }

    private Task<RvpResponse> AskAsync(RvpUrl node, string verb, IReadOnlyList<(string, string)> headers, byte[] body, CancellationToken stop) =>
        routes.AskAsync(node, verb, headers, body, TimeSpan.Zero, stop);

    private RvpResponse Require(RvpResponse response, RvpUrl node)
    {
        if (response.Status is >= 200 and < 300) return response;
        var who = node.Equals(Self) ? "the account" : book.AddressOf(node)?.ToString() ?? node.Spelling;
        if (!book.IsOwn(node) && OfRelay(response, node.Host) is { } failure) throw failure;
        throw response.Status switch
        {
            401 when book.IsOwn(node) => new RvpClientException(RvpError.WrongPassword, "The server does not accept the account name or the password."),
            401 or 403 => new RvpClientException(RvpError.NotAllowed, $"The server does not allow this with {who}."),
            404 => new RvpClientException(
                RvpError.NoSuchPerson, node.Equals(Self) ? $"The server has no account {book.AddressOf(node)}." : $"There is no {who}."),
            412 => new RvpClientException(RvpError.Expired, "The server no longer knows the subscription."),
            429 => new RvpClientException(RvpError.Busy, "Too many failed sign-ins: the server wants us to wait."),
            502 or 503 or 504 => new RvpClientException(RvpError.Busy, "The server cannot answer at the moment."),
            501 => new RvpClientException(RvpError.Failed, "The server does not do that: it may be no RVP server."),
            _ => new RvpClientException(RvpError.Failed, $"The server answered {response.Status} {response.Reason}."),
        };
    }

    // Only our own server's sentences about another server, recognised by their text, are shown; never text from strangers.
    private static RvpClientException? OfRelay(RvpResponse response, string host)
    {
        if (response.Status is not (404 or 502) || response.Body.Length > 200) return null;
        var line = Encoding.UTF8.GetString(response.Body).TrimEnd('\n');
        return line == Refusal.ResolverFailed.Line ? RvpClientException.ResolverFailed(host)
            : line == Refusal.NoSuchDomain.Line ? RvpClientException.NoSuchServer(host)
            : line == Refusal.PeerFailed.Line ? new RvpClientException(RvpError.Unreachable, $"The server {host} cannot be reached or does not answer.")
            : null;
    }

    private static List<Property> Found(RvpResponse response) =>
        [.. Read(response, body => MultiStatusXml.Read(body)).SelectMany(answer => answer.PropStats).Where(stat => stat.Status is >= 200 and < 300)
            .SelectMany(stat => stat.Properties)];

    private static T Read<T>(RvpResponse response, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return read(response.Body);
        }
        catch (RvpException e)
        {
            throw new RvpClientException(RvpError.Failed, "The server's answer cannot be read: " + e.Message, e);
        }
    }

    private static (string, string) Id(int id) => (RvpHeaders.SubscriptionId, id.ToString(CultureInfo.InvariantCulture));
}
