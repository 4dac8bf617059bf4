namespace Rvp.Protocol;

/// <summary>The names of RVP's methods. [spec]</summary>
public static class RvpVerbs
{
    /// <summary>Signs in, watches, or renews either.</summary>
    public const string Subscribe = "SUBSCRIBE";

    /// <summary>Ends a subscription.</summary>
    public const string Unsubscribe = "UNSUBSCRIBE";

    /// <summary>Lists subscriptions.</summary>
    public const string Subscriptions = "SUBSCRIPTIONS";

    /// <summary>Sends a message, or tells a property change.</summary>
    public const string Notify = "NOTIFY";

    /// <summary>Reads properties.</summary>
    public const string PropFind = "PROPFIND";

    /// <summary>Sets properties.</summary>
    public const string PropPatch = "PROPPATCH";

    /// <summary>Fetches what waits for polled sign-ins. (Decision)</summary>
    public const string Poll = "POLL";

    /// <summary>Reads or changes the access list.</summary>
    public const string Acl = "ACL";

    /// <summary>Reads what is not part of the node: the owner's history, the people of the domain. [RFC 3253, 3.6] (Decision)</summary>
    public const string Report = "REPORT";

    /// <summary>To the own node: moves the history's read marker, or deletes messages. (Decision)</summary>
    public const string Post = "POST";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Subscribe, Unsubscribe, Subscriptions, Notify, PropFind, PropPatch, Poll, Acl, Report, Post];
}
