using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>Where a subscription's notifications go. A closed set.</summary>
public abstract record Callback
{
    private Callback()
    {
    }

    /// <summary>A client's own listener, for example <c>http://10.10.1.98:1051</c>.</summary>
    /// <param name="Url">The address as the client wrote it.</param>
    public sealed record Direct(Uri Url) : Callback;

    /// <summary>The watcher's logical URL: the notification takes the way through the watcher's home server. [white paper]</summary>
    /// <param name="Node">The node, in the watcher's own spelling.</param>
    public sealed record Logical(RvpUrl Node) : Callback;

    /// <summary>No callback at all: the client comes and asks with POLL.</summary>
    public sealed record Polled : Callback
    {
        /// <summary>All polled callbacks are alike.</summary>
        public static readonly Polled Instance = new();
    }
}
