using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Requests;

/// <summary>What a verb's body has to be.</summary>
internal enum BodyKind
{
    /// <summary>Ignored.</summary>
    None,

    /// <summary>An XML document, by its own word where it is not empty.</summary>
    Xml,

    /// <summary>An XML document with any Content-Type: old clients leave it out. [client]</summary>
    UntypedXml,
}

/// <summary>A row of the verb table: all that is special about a verb.</summary>
/// <param name="Name">The HTTP method.</param>
/// <param name="Body">What its body has to be.</param>
/// <param name="Read">Makes the request value; throws <see cref="RvpException"/> for what it cannot.</param>
internal sealed record Verb(string Name, BodyKind Body, Func<RvpContext, ReadStage, ValueTask<Request>> Read)
{
    /// <summary>True where a home server asks it elsewhere for its own people.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>True where it waits most of its life and costs a connection, not work: it does not count as a request under way.</summary>
    public bool WaitsLong { get; init; }

    /// <summary>What the caller hears where the node's home server does not answer.</summary>
    public Refusal WhenUnreachable { get; init; } = Refusal.Unavailable;
}
