using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>Where a subscription's notifications go. A closed set.</summary>
public abstract record Callback
{
    private Callback()
    {
    }

    /// <summary>
    /// A client's own listener, for example <c>http://10.10.1.98:1051</c>. Every account has one, so it is kept as text: a Uri that was used is four objects.
    /// </summary>
    public sealed record Direct : Callback
    {
        private readonly int hash;

        /// <param name="url">The address.</param>
        public Direct(Uri url) => (Text, hash) = (url.OriginalString, url.GetHashCode());

        /// <summary>The address as the client wrote it.</summary>
        public string Text { get; }

        /// <summary>The address, as a new object each time.</summary>
        public Uri ToUri() => new(Text);

        /// <inheritdoc/>
        public bool Equals(Direct? other) => other is not null && hash == other.hash && (Text == other.Text || ToUri() == other.ToUri());

        /// <inheritdoc/>
        public override int GetHashCode() => hash;
    }

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
