using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>What a verb's body has to be.</summary>
internal enum BodyKind
{
    /// <summary>Ignored.</summary>
    None,

    /// <summary>An XML document.</summary>
    Xml,

    /// <summary>An XML document or nothing, with any Content-Type: old clients leave it out. [client]</summary>
    XmlOrNothing,
}

/// <summary>A row of the verb table.</summary>
/// <param name="Name">The HTTP method, in capitals.</param>
/// <param name="Body">What its body has to be.</param>
/// <param name="Read">Makes the request value; throws <see cref="RvpException"/> for what it cannot.</param>
internal sealed record Verb(string Name, BodyKind Body, Func<Asked, RequestReader, CancellationToken, ValueTask<Rvp.Engine.Requests.Request>> Read);

/// <summary>All verbs that nodes understand. Add a verb, add a row.</summary>
internal static class VerbTable
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("SUBSCRIBE", BodyKind.None, (asked, reader, stop) => reader.SubscribeAsync(asked, stop)),
        new("UNSUBSCRIBE", BodyKind.None, (asked, _, _) => new(RequestReader.Unsubscribe(asked))),
        new("SUBSCRIPTIONS", BodyKind.None, (asked, _, _) => new(RequestReader.Subscriptions(asked))),
        new("NOTIFY", BodyKind.Xml, (asked, reader, stop) => reader.NotifyAsync(asked, stop)),
        new("PROPFIND", BodyKind.Xml, (asked, _, _) => new(RequestReader.PropFind(asked))),
        new("PROPPATCH", BodyKind.Xml, (asked, _, _) => new(RequestReader.PropPatch(asked))),
        new("POLL", BodyKind.None, (asked, _, _) => new(RequestReader.Poll(asked))),
        new("ACL", BodyKind.XmlOrNothing, (asked, reader, stop) => reader.AclAsync(asked, stop)),
    ];

    /// <summary>The row of a method; null for one that nodes do not have.</summary>
    public static Verb? Find(string method)
    {
        foreach (var verb in Verbs)
            if (verb.Name == method) return verb;
        return null;
    }

    /// <summary>Why a method that is not in the table is refused. [spec]</summary>
    public static Refusal RefusalOf(string method) => method is "COPY" or "MOVE" ? Refusal.MethodNotAllowed : Refusal.NotImplemented;
}
