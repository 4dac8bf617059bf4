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

    /// <summary>The watcher's logical URL: the notification goes through the watcher's home server. [white paper]</summary>
    /// <param name="Node">The node, in the watcher's own spelling.</param>
    public sealed record Logical(RvpUrl Node) : Callback;

    /// <summary>No callback: the client fetches notifications with POLL.</summary>
    /// <param name="Interval">How often it has said that it will; zero: a POLL of it always waits, or comes soon.</param>
    public sealed record Polled(TimeSpan Interval) : Callback
    {
        /// <summary>One that has said nothing.</summary>
        public static readonly Polled Instance = new(TimeSpan.Zero);
    }
}
