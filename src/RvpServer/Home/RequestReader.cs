using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Network;

namespace RvpServer.Home;

/// <summary>What came over the wire, before it is a request value.</summary>
internal sealed record Asked(Caller Caller, RvpUrl Node, IPAddress Address, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body);

/// <summary>Turns headers and bodies into request values: beyond this door no string is a URL or a number.</summary>
internal sealed class RequestReader(NodeLocator locator, CallbackGuard guard, SharedUrls urls, HomeLimits limits)
{
    private const int MaxPolledAtOnce = 16;

    /// <summary>Takes the request in, body and all.</summary>
    public async ValueTask<Asked> TakeAsync(HttpContext context, Verb verb, Caller caller, RvpUrl asSpelt, CancellationToken stop)
    {
        var body = verb.Body == BodyKind.None ? default : await BodyReader.ReadAsync(context, limits.MaxBodyBytes, stop);
        RequireXml(context, verb, body);
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return new Asked(caller, asSpelt, PlainAddresses.Of(address), context.Request.Headers, body);
    }

    /// <summary>Sign-in, watch or renewal: the three SUBSCRIBEs.</summary>
    public async ValueTask<Request> SubscribeAsync(Asked asked, CancellationToken stop)
    {
        var lifetime = Lifetime(asked);
        if (Single(asked, RvpHeaders.SubscriptionId) is not null) return new Renew(asked.Caller, SubscriptionId(asked), lifetime);
        var type = NotificationTypeOf(asked);
        var callback = await CallbackAsync(asked, stop) ?? Callbackless(type, asked.Caller);
        if (type == NotificationType.Notify && callback is Callback.Logical) throw new RvpException(Refusal.ForeignCallback);
        var caller = asked.Caller.Principal is { } principal ? asked.Caller with { Principal = urls.Of(principal) } : asked.Caller;
        return type == NotificationType.Notify
            ? new SignIn(caller, urls.Of(asked.Node), callback, lifetime, asked.Address)
            : new Watch(caller, urls.Of(asked.Node), urls.Of(callback), lifetime, asked.Address);
    }

    public static Request Unsubscribe(Asked asked) => new Unsubscribe(asked.Caller, SubscriptionId(asked));

    public static Request Subscriptions(Asked asked) => new ListSubscriptions(NotificationTypeOf(asked));

    public async ValueTask<Request> NotifyAsync(Asked asked, CancellationToken stop)
    {
        if (!AckTypes.TryParse(Single(asked, RvpHeaders.AckType), out var ackType)) throw new RvpException("RVP-Ack-Type must be SingleHop, DeepOr or DeepAnd.");
        var head = NotificationXml.ReadHead(asked.Body);
        head = head with { From = (await locator.LocateAsync(head.From, stop)).Url };
        var contentType = Single(asked, "Content-Type") is { Length: > 0 } given ? given : RvpHeaders.Xml;
        return new Notify(asked.Caller, ackType, HopCount(asked), head, NotificationXml.WithoutWhitespace(asked.Body), contentType);
    }

    public static Request Poll(Asked asked)
    {
        var ids = Single(asked, RvpHeaders.SubscriptionId)?.Split(',') ?? throw new RvpException("Subscription-Id is missing.");
        if (ids.Length > MaxPolledAtOnce) throw new RvpException("Subscription-Id names too many subscriptions.");
        var cursor = Single(asked, RvpHeaders.PollCursor)?.Trim();
        if (string.IsNullOrEmpty(cursor)) return new Poll([.. ids.Select(ParseId).Distinct()], null);
        return cursor.All(char.IsAsciiDigit) && long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Poll([.. ids.Select(ParseId).Distinct()], number)
            : throw new RvpException("RVP-Poll-Cursor must be the number that the last POLL gave.");
    }

    /// <summary>How long a POLL wants to wait for news: <c>Prefer: wait=N</c> in seconds, bounded; anything else is no wish.</summary>
    public static TimeSpan Wait(IHeaderDictionary headers)
    {
        foreach (var preference in headers.GetCommaSeparatedValues("Prefer"))
        {
            var text = preference.Split(';')[0].Trim();
            if (!text.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)) continue;
            if (!int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) continue;
            return seconds < LongPoll.LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongPoll.LongestWait;
        }
        return TimeSpan.Zero;
    }

    public static Request PropFind(Asked asked)
    {
        if (Single(asked, RvpHeaders.Depth)?.Trim() != "0") throw new RvpException(Refusal.DepthNotZero);
        return new PropFind(asked.Caller, asked.Node, PropFindXml.Read(asked.Body));
    }

    public static Request PropPatch(Asked asked) => new PropPatch(asked.Caller, asked.Node, asked.Address, PropertyUpdateXml.Read(asked.Body));

    public async ValueTask<Request> AclAsync(Asked asked, CancellationToken stop)
    {
        if (asked.Body.Span.Trim(" \t\r\n"u8).IsEmpty) return new ReadAcl(asked.Caller);
        var entries = AclXml.Read(asked.Body).ToArray();
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Principal is { } principal) entries[i] = entries[i] with { Principal = (await locator.LocateAsync(principal, stop)).Url };
        return new WriteAcl(entries);
    }

    // A logical URL leads through the watcher's home server; anything else must be the caller's own listener.
    private async ValueTask<Callback?> CallbackAsync(Asked asked, CancellationToken stop)
    {
        var text = Single(asked, RvpHeaders.CallBack)?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (RvpUrl.TryParse(text, out var logical) && logical.Path.StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase))
            return new Callback.Logical((await locator.LocateAsync(logical, stop)).Url);
        if (text.Length > RvpUrl.MaxLength || !Uri.TryCreate(text, UriKind.Absolute, out var url)) throw new RvpException("Call-Back is not an http URL.");
        if (await guard.CheckAsync(url, asked.Address, stop) is { } refusal) throw new RvpException(refusal);
        return new Callback.Direct(url);
    }

    // A sign-in without Call-Back will be polled; a watch without one leads to the watcher's node, where sign-ins are.
    private static Callback Callbackless(NotificationType type, Caller caller) =>
        type == NotificationType.Notify || caller.Principal is null ? Callback.Polled.Instance : new Callback.Logical(caller.Principal);

    private static TimeSpan? Lifetime(Asked asked)
    {
        var text = Single(asked, RvpHeaders.SubscriptionLifetime)?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (!text.All(char.IsAsciiDigit)) throw new RvpException("Subscription-Lifetime must be a number of seconds.");
        return TimeSpan.FromSeconds(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : int.MaxValue);
    }

    private static int SubscriptionId(Asked asked) =>
        ParseId(Single(asked, RvpHeaders.SubscriptionId) ?? throw new RvpException("Subscription-Id is missing."));

    private static int ParseId(string text)
    {
        text = text.Trim();
        if (text.Length == 0) throw new RvpException("Subscription-Id is missing.");
        if (!text.All(char.IsAsciiDigit)) throw new RvpException("Subscription-Id must be a decimal number.");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new RvpException(Refusal.NoSuchSubscription);
    }

    private static NotificationType NotificationTypeOf(Asked asked) =>
        NotificationTypes.TryParse(Single(asked, RvpHeaders.NotificationType), out var type) ? type
        : throw new RvpException("Notification-Type must be pragma/notify or update/propchange.");

    private static int HopCount(Asked asked)
    {
        var text = Single(asked, RvpHeaders.HopCount)?.Trim();
        if (string.IsNullOrEmpty(text)) return 1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) && hops is >= 0 and <= 255
            ? hops : throw new RvpException("RVP-Hop-Count must be a small number.");
    }

    private static string? Single(Asked asked, string header)
    {
        var values = asked.Headers[header];
        return StringValues.IsNullOrEmpty(values) ? null
            : values.Count == 1 ? values[0]
            : throw new RvpException(header + " is given more than once.");
    }

    private static void RequireXml(HttpContext context, Verb verb, ReadOnlyMemory<byte> body)
    {
        if (verb.Body != BodyKind.Xml || body.IsEmpty) return;
        var type = context.Request.ContentType;
        if (!string.IsNullOrEmpty(type) && !type.StartsWith("text/xml", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/xml", StringComparison.OrdinalIgnoreCase))
            throw new RvpException(Refusal.NotXml);
    }
}

/// <summary>Limits that the request path itself keeps.</summary>
/// <param name="MaxBodyBytes">Largest body, in bytes.</param>
internal sealed record HomeLimits(int MaxBodyBytes);
