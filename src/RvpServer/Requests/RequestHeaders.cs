using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Requests;

/// <summary>RVP's headers as values; throws <see cref="RvpException"/> for invalid ones.</summary>
internal static class RequestHeaders
{
    /// <summary>Longest wait granted to a POLL; proxies and browsers give up on longer ones.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private const int MaxPolledAtOnce = 16;

    /// <summary>A header's only value; null if it is missing.</summary>
    public static string? Single(IHeaderDictionary headers, string name)
    {
        var values = headers[name];
        return StringValues.IsNullOrEmpty(values) ? null
            : values.Count == 1 ? values[0]
            : throw new RvpException(name + " is given more than once.");
    }

    /// <summary>The principal in RVP-From-Principal, as written; null if it is missing.</summary>
    public static RvpUrl? Principal(IHeaderDictionary headers)
    {
        var text = Single(headers, RvpHeaders.FromPrincipal);
        if (string.IsNullOrWhiteSpace(text)) return null;
        return RvpUrl.TryParseIdentity(RvpUrl.WithAsciiHost(text), out var claimed)
            ? claimed
            : throw new RvpException("RVP-From-Principal must be " + RvpUrl.IdentityForm + ".");
    }

    /// <summary>Subscription-Lifetime; null if it is missing.</summary>
    public static TimeSpan? Lifetime(IHeaderDictionary headers)
    {
        var text = Single(headers, RvpHeaders.SubscriptionLifetime)?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (!text.All(char.IsAsciiDigit)) throw new RvpException("Subscription-Lifetime must be a number of seconds.");
        return TimeSpan.FromSeconds(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : int.MaxValue);
    }

    /// <summary>Lets go of what was read already and is worth a kilobyte, while the request waits.</summary>
    public static void Forget(IHeaderDictionary headers)
    {
        (headers.Authorization, headers.Cookie) = (default, default);
        foreach (var read in (string[])[RvpHeaders.FromPrincipal, RvpHeaders.SubscriptionId, RvpHeaders.PollCursor, "Prefer"]) headers.Remove(read);
    }

    /// <summary>True if a subscription is named.</summary>
    public static bool NamesSubscription(IHeaderDictionary headers) => Single(headers, RvpHeaders.SubscriptionId) is not null;

    /// <summary>Subscription-Id.</summary>
    public static int SubscriptionId(IHeaderDictionary headers) =>
        ParseId(Single(headers, RvpHeaders.SubscriptionId) ?? throw new RvpException("Subscription-Id is missing."));

    /// <summary>Subscription-Id of a POLL: one, or several separated by commas.</summary>
    public static IReadOnlyList<int> SubscriptionIds(IHeaderDictionary headers)
    {
        var ids = Single(headers, RvpHeaders.SubscriptionId)?.Split(',') ?? throw new RvpException("Subscription-Id is missing.");
        if (ids.Length > MaxPolledAtOnce) throw new RvpException("Subscription-Id names too many subscriptions.");
        return ids.Select(ParseId).Distinct().ToArray();
    }

    /// <summary>RVP-Poll-Cursor; null if it is missing.</summary>
    public static long? PollCursor(IHeaderDictionary headers)
    {
        var cursor = Single(headers, RvpHeaders.PollCursor)?.Trim();
        if (string.IsNullOrEmpty(cursor)) return null;
        return cursor.All(char.IsAsciiDigit) && long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw new RvpException("RVP-Poll-Cursor must be the number that the last POLL gave.");
    }

    /// <summary>RVP-Poll-Limit: how many notifications a POLL wants, at least one; null if it does not say, or not in a number.</summary>
    public static int? PollLimit(IHeaderDictionary headers) =>
        int.TryParse(Single(headers, RvpHeaders.PollLimit), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit : null;

    /// <summary>How long a POLL wants to wait: <c>Prefer: wait=N</c> in seconds, limited; anything else means no wait. [RFC 7240]</summary>
    public static TimeSpan Wait(IHeaderDictionary headers)
    {
        foreach (var preference in headers.GetCommaSeparatedValues("Prefer"))
        {
            var text = preference.Split(';')[0].Trim();
            if (!text.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)) continue;
            if (!int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) continue;
            return seconds < LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestWait;
        }
        return TimeSpan.Zero;
    }

    /// <summary>RVP-Poll-Interval: how often a client that signs in will POLL, at most as long as the sign-in lasts; zero if it does not say.</summary>
    public static TimeSpan PollInterval(IHeaderDictionary headers)
    {
        var text = Single(headers, RvpHeaders.PollInterval)?.Trim();
        if (string.IsNullOrEmpty(text)) return TimeSpan.Zero;
        if (!text.All(char.IsAsciiDigit)) throw new RvpException("RVP-Poll-Interval must be a number of seconds.");
        var longest = (int)Rules.PolledLifetime.TotalSeconds;
        var isShorter = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < longest;
        return TimeSpan.FromSeconds(isShorter ? seconds : longest);
    }

    /// <summary>RVP-Grace: 5 to 90 seconds; null if it is missing.</summary>
    public static TimeSpan? Grace(IHeaderDictionary headers)
    {
        var text = Single(headers, RvpHeaders.Grace)?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 5 and <= 90
            ? TimeSpan.FromSeconds(seconds) : throw new RvpException("RVP-Grace must be a number of seconds from 5 to 90.");
    }

    /// <summary>Notification-Type.</summary>
    public static NotificationType NotificationType(IHeaderDictionary headers) =>
        NotificationTypes.TryParse(Single(headers, RvpHeaders.NotificationType), out var type)
            ? type
            : throw new RvpException("Notification-Type must be pragma/notify or update/propchange.");

    /// <summary>RVP-Ack-Type; DeepOr if it is missing.</summary>
    public static AckType AckType(IHeaderDictionary headers) =>
        AckTypes.TryParse(Single(headers, RvpHeaders.AckType), out var type)
            ? type
            : throw new RvpException("RVP-Ack-Type must be SingleHop, DeepOr or DeepAnd.");

    /// <summary>RVP-Hop-Count; 1 if it is missing.</summary>
    public static int HopCount(IHeaderDictionary headers)
    {
        var text = Single(headers, RvpHeaders.HopCount)?.Trim();
        if (string.IsNullOrEmpty(text)) return 1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) && hops is >= 0 and <= 255
            ? hops : throw new RvpException("RVP-Hop-Count must be a small number.");
    }

    private static int ParseId(string text)
    {
        text = text.Trim();
        if (text.Length == 0) throw new RvpException("Subscription-Id is missing.");
        if (!text.All(char.IsAsciiDigit)) throw new RvpException("Subscription-Id must be a decimal number.");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new RvpException(Refusal.NoSuchSubscription);
    }
}
