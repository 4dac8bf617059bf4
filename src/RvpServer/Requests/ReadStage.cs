using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;
using RvpServer.Nodes;
using RvpServer.Outbound;

namespace RvpServer.Requests;

/// <summary><em>Read</em>, the third stage: turns the request into a value. After it, URLs and numbers are no longer texts.</summary>
internal sealed class ReadStage(
    IdentifyStage identify, INodes nodes, ImDomains domains, Waits waits, CallbackGuard guard, LimitsOptions limits)
{
    /// <summary>Reads the body and makes the request value; throws <see cref="RvpException"/> for invalid input.</summary>
    public async ValueTask ReadAsync(RvpContext context)
    {
        if (context.Verb.Body != BodyKind.None)
            context.Body = await waits.ForAsync(
                context, Awaited.Body, BodyReader.ReadAsync(context.Http, limits.MaxBodyBytes, limits.BodyTimeout, context.Stop));
        RequireXml(context);
        context.Request = await context.Verb.Read(context, this);
    }

    /// <summary>Sign-in, watch or renewal: the three SUBSCRIBEs.</summary>
    public async ValueTask<Request> SubscribeAsync(RvpContext context)
    {
        var (headers, caller) = (context.Http.Request.Headers, context.Caller.Caller);
        var lifetime = RequestHeaders.Lifetime(headers);
        if (RequestHeaders.NamesSubscription(headers)) return new Renew(caller, RequestHeaders.SubscriptionId(headers), lifetime);
        var type = RequestHeaders.NotificationType(headers);
        var callback = await CallbackAsync(context) ?? Callbackless(type, caller, headers);
        if (type == NotificationType.Notify && callback is Callback.Logical) throw new RvpException(Refusal.ForeignCallback);
        return type == NotificationType.Notify
            ? new SignIn(caller, context.Target, callback, lifetime, context.Address) { PasswordStamp = context.Caller.PasswordStamp }
            : new Watch(caller, context.Target, callback, lifetime, context.Address) { PasswordStamp = context.Caller.PasswordStamp };
    }

    public static Request Unsubscribe(RvpContext context) =>
        new Unsubscribe(context.Caller.Caller, RequestHeaders.SubscriptionId(context.Http.Request.Headers))
        {
            Grace = RequestHeaders.Grace(context.Http.Request.Headers),
        };

    public static Request Subscriptions(RvpContext context) => new ListSubscriptions(RequestHeaders.NotificationType(context.Http.Request.Headers));

    public async ValueTask<Request> NotifyAsync(RvpContext context)
    {
        var headers = context.Http.Request.Headers;
        var ackType = RequestHeaders.AckType(headers);
        var hopCount = RequestHeaders.HopCount(headers);
        var head = NotificationXml.ReadHead(context.Body);
        if (head.Changes is not { } changes)
        {
            // Who takes part in a conversation is compared by canonical URLs.
            var to = head.To.Count > 1 ? [.. head.To.Select(domains.Canonical)] : head.To;
            head = head with { From = await CanonicalAsync(context, head.From), To = to };
            return new Notify(context.Caller.Caller, ackType, hopCount, head, NotificationXml.WithoutWhitespace(context.Body));
        }
        var from = await waits.LocateAsync(context, head.From);
        head = head with { From = from.Url };
        context.Caller = context.Caller with { Caller = await identify.SpeakerAsync(context, from.Url) };
        // In the spellings in which the watcher asked; nothing but what was understood reaches a client.
        var recipient = RecipientAsWritten(context, head);
        var body = NotificationXml.WritePropertyChange(head.From.Spelling, recipient, changes);
        return new Notify(context.Caller.Caller, ackType, hopCount, head, body)
        {
            IsWatched = await IsWatchedAsync(context, from),
            RecipientAsWritten = recipient,
        };
    }

    public static Request Poll(RvpContext context)
    {
        var headers = context.Http.Request.Headers;
        var poll = new Poll(RequestHeaders.SubscriptionIds(headers), RequestHeaders.PollCursor(headers))
        {
            Wait = RequestHeaders.Wait(headers),
            PasswordStamp = context.Caller.PasswordStamp,
        };
        return RequestHeaders.PollLimit(headers) is { } limit ? poll with { Limit = limit } : poll;
    }

    public static Request PropFind(RvpContext context)
    {
        if (RequestHeaders.Single(context.Http.Request.Headers, RvpHeaders.Depth)?.Trim() != "0") throw new RvpException(Refusal.DepthNotZero);
        return new PropFind(context.Caller.Caller, context.Target, PropFindXml.Read(context.Body));
    }

    public static Request PropPatch(RvpContext context) =>
        new PropPatch(context.Caller.Caller, context.Target, context.Address, PropertyUpdateXml.Read(context.Body));

    public static Request Report(RvpContext context)
    {
        var root = RvpXml.ReadDocument(context.Body);
        if (HistoryXml.IsQuery(root)) return new Report.OfMessages(HistoryXml.ReadQuery(root));
        if (HistoryXml.IsConversationsQuery(root)) return new Report.OfConversations(HistoryXml.ReadLimit(root));
        if (PeopleXml.IsSearch(root)) return new Report.OfPeople(PeopleXml.ReadSearch(root));
        throw new RvpException("The root of a REPORT must be h:history-query, h:conversations-query or p:people-query.");
    }

    public static Request MarkHistory(RvpContext context) =>
        new MarkHistory(HistoryXml.ReadMark(context.Body), context.Caller.IsPage);

    public async ValueTask<Request> AclAsync(RvpContext context)
    {
        if (context.Body.Span.Trim(" \t\r\n"u8).IsEmpty) return new ReadAcl(context.Caller.Caller);
        var entries = AclXml.Read(context.Body).ToArray();
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Principal is { } principal) entries[i] = entries[i] with { Principal = await CanonicalAsync(context, principal) };
        return new WriteAcl(entries);
    }

    // A logical URL leads through the watcher's home server; anything else must be the caller's own listener.
    private async ValueTask<Callback?> CallbackAsync(RvpContext context)
    {
        var text = RequestHeaders.Single(context.Http.Request.Headers, RvpHeaders.CallBack)?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (RvpUrl.TryParseIdentity(text, out var logical) && !logical.IsBareHost) return new Callback.Logical(await CanonicalAsync(context, logical));
        if (RvpUrl.TryParse(text, out var node) && node.Path.StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase))
            throw new RvpException("A Call-Back that names a node must be http://HOST[:PORT]/instmsg/aliases/NAME and nothing else.");
        if (text.Length > RvpUrl.MaxLength || !Uri.TryCreate(text, UriKind.Absolute, out var url)) throw new RvpException("Call-Back is not an http URL.");
        if (FrontProxies.HidesCaller(context.Http)) throw new RvpException(Refusal.CallbackThroughProxy);
        if (await waits.ForAsync(context, Awaited.Names, guard.CheckAsync(url, context.Address, context.Stop)) is { } refusal) throw new RvpException(refusal);
        return new Callback.Direct(url);
    }

    // A sign-in without Call-Back will be polled; a watch without one sends to the watcher's node, where the sign-ins are.
    private static Callback Callbackless(NotificationType type, Caller caller, IHeaderDictionary headers)
    {
        if (type == NotificationType.PropertyChange && caller.Principal is { } watcher) return new Callback.Logical(watcher);
        var interval = RequestHeaders.PollInterval(headers);
        return interval > TimeSpan.Zero ? new Callback.Polled(interval) : Callback.Polled.Instance;
    }

    private string RecipientAsWritten(RvpContext context, NotificationHead head) =>
        (head.To.FirstOrDefault(url => domains.Canonical(url).Equals(context.Node.Url)) ?? context.Node.Url.AsIdentity()).Spelling;

    // Whether the sender's node says so, or its home server, which tells only watchers. What the recipient's own node knows is looked up in its turn.
    private async ValueTask<bool> IsWatchedAsync(RvpContext context, NodeEntry from)
    {
        var caller = context.Caller.Caller;
        if (!from.Url.Equals(caller.Principal)) return false;
        return from.Location switch
        {
            NodeLocation.Here => (await nodes.AskAsync(
                from.Url, NodeLocator.OwnerOf(from.Account!), new AskWatched(context.Node.Url), new Caller(from.Url, Credentials.Internal), context.Stop))
                .Answer is Answer.Done,
            NodeLocation.AtHome => caller.Proof == Credentials.Assertion,
            _ => false,
        };
    }

    // The caller and the node are already known, under their own names.
    private async ValueTask<RvpUrl> CanonicalAsync(RvpContext context, RvpUrl url)
    {
        var canonical = domains.Canonical(url);
        var isKnown = canonical.Equals(context.Caller.Caller.Principal) || canonical.Equals(context.Node.Url);
        return isKnown ? canonical : (await waits.LocateAsync(context, url)).Url;
    }

    private static void RequireXml(RvpContext context)
    {
        // If a body is required, its reader refuses an empty one.
        if (context.Verb.Body != BodyKind.Xml || context.Body.IsEmpty) return;
        var type = RequestHeaders.Single(context.Http.Request.Headers, "Content-Type");
        if (!string.IsNullOrEmpty(type) && !type.StartsWith("text/xml", StringComparison.OrdinalIgnoreCase)
            && !type.StartsWith("application/xml", StringComparison.OrdinalIgnoreCase))
        {
            throw new RvpException(Refusal.NotXml);
        }
    }
}
