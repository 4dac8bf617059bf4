namespace Rvp.Protocol;

/// <summary>Header names and fixed values, in the spelling that real clients need.</summary>
public static class RvpHeaders
{
    /// <summary>Sent with every request and response.</summary>
    public const string Version = "RVP-Notifications-Version";

    /// <summary>The version that Exchange 2000 and every known client send; used in our own requests. [client]</summary>
    public const string DefaultVersion = "0.2";

    /// <summary>Who the request is from: a logical URL.</summary>
    public const string FromPrincipal = "RVP-From-Principal";

    /// <summary>What a subscription asks for.</summary>
    public const string NotificationType = "Notification-Type";

    /// <summary>Where notifications go.</summary>
    public const string CallBack = "Call-Back";

    /// <summary>Seconds.</summary>
    public const string SubscriptionLifetime = "Subscription-Lifetime";

    /// <summary>A decimal 31-bit positive integer.</summary>
    public const string SubscriptionId = "Subscription-Id";

    /// <summary>SingleHop, DeepOr or DeepAnd.</summary>
    public const string AckType = "RVP-Ack-Type";

    /// <summary>1 client to server, 2 server to server, 3 server to client.</summary>
    public const string HopCount = "RVP-Hop-Count";

    /// <summary>Acknowledges what a POLL returned.</summary>
    public const string PollCursor = "RVP-Poll-Cursor";

    /// <summary>How many notifications the answer to a POLL may bring.</summary>
    public const string PollLimit = "RVP-Poll-Limit";

    /// <summary>How often, in seconds, a client that signs in without a callback will POLL.</summary>
    public const string PollInterval = "RVP-Poll-Interval";

    /// <summary>With UNSUBSCRIBE of a polled sign-in: seconds after which it falls silent, unless it is heard of in that time. (Decision)</summary>
    public const string Grace = "RVP-Grace";

    /// <summary>
    /// In the answer to a message: <see cref="DeliveredNow"/> if a client of the recipient has it, <see cref="DeliveredLater"/> if it waits for one. (Decision)
    /// </summary>
    public const string Delivered = "RVP-Delivered";

    /// <summary>See <see cref="Delivered"/>.</summary>
    public const string DeliveredNow = "now";

    /// <summary>See <see cref="Delivered"/>.</summary>
    public const string DeliveredLater = "later";

    /// <summary>With 412: there is no room for it where it would have to wait. (Decision)</summary>
    public const string DeliveredFull = "full";

    /// <summary>Must be 0.</summary>
    public const string Depth = "Depth";

    /// <summary>The only content type.</summary>
    public const string Xml = "text/xml";
}
