using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Requests;

/// <summary>What a verb's body must be.</summary>
internal enum BodyKind
{
    /// <summary>Ignored.</summary>
    None,

    /// <summary>An XML document; unless it is empty, its Content-Type must say so.</summary>
    Xml,

    /// <summary>An XML document with any Content-Type: old clients leave it out. [client]</summary>
    UntypedXml,
}

/// <summary>A row of the verb table: everything that is specific to a verb.</summary>
/// <param name="Name">The HTTP method.</param>
/// <param name="Body">What its body must be.</param>
/// <param name="Read">Makes the request value; throws <see cref="RvpException"/> for invalid input.</param>
internal sealed record Verb(string Name, BodyKind Body, Func<RvpContext, ReadStage, ValueTask<Request>> Read)
{
    /// <summary>True if a home server relays it for its own users.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>True if it mostly waits and needs a connection but no work: it does not count as a request in progress.</summary>
    public bool WaitsLong { get; init; }

    /// <summary>False for a verb that means something else to what is no node.</summary>
    public bool IsOfNodesAlone { get; init; } = true;

    /// <summary>Whether it goes before others when there is too much to do.</summary>
    public Urgency Urgency { get; init; } = Urgency.Reading;

    /// <summary>The refusal when the node's home server does not answer.</summary>
    public Refusal WhenUnreachable { get; init; } = Refusal.Unavailable;

    /// <summary>The same for a request: whoever renews has arrived already.</summary>
    public Urgency UrgencyOf(IHeaderDictionary headers) =>
        Urgency == Urgency.Arrival && headers.ContainsKey(RvpHeaders.SubscriptionId) ? Urgency.Renewal : Urgency;
}
