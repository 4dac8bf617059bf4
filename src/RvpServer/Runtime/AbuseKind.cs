namespace RvpServer.Runtime;

/// <summary>Of what somebody took more than a fair share, or what was tried. The name is the label in metrics and in the log.</summary>
internal enum AbuseKind
{
    /// <summary>Connections without a request of a known caller.</summary>
    Connections,

    /// <summary>Requests in progress.</summary>
    Requests,

    /// <summary>Requests that were refused: unknown names, missing proofs, malformed input.</summary>
    Refusals,

    /// <summary>Bodies that came too slowly.</summary>
    SlowBodies,

    /// <summary>Waits for DNS or a directory.</summary>
    Lookups,

    /// <summary>Watches of a node.</summary>
    Watches,

    /// <summary>Places in a queue of notifications.</summary>
    Queues,

    /// <summary>Wrong passwords.</summary>
    Guesses,

    /// <summary>Callbacks that point to somebody else.</summary>
    Callbacks,

    /// <summary>An unlisted proxy, which hides who is asking.</summary>
    UnlistedProxy,
}
