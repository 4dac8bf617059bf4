using Rvp.Client.Http;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Session;

/// <summary>One subscription to a contact.</summary>
/// <param name="Id">Its id; 0 if there is none.</param>
/// <param name="RenewAt">When to renew it, by the session's time.</param>
internal sealed record ContactWatch(int Id, TimeSpan RenewAt);

/// <summary>Receives what a session finds out; called from its loops.</summary>
internal interface ISessionSink
{
    /// <summary>A new watch shows these properties.</summary>
    void Seen(RvpUrl contact, IReadOnlyList<Property> properties);

    /// <summary>A notification arrived; gives the status for the callback's answer. Waits while the reader is behind.</summary>
    ValueTask<int> TakeAsync(Notice notice, bool mayWait, CancellationToken stop);

    /// <summary>Completes when all that was taken so far has been read.</summary>
    Task WhenRead();

    /// <summary>The connection changed.</summary>
    void Report(ConnectionState state, string line);

    /// <summary>The sign-in is over: nothing more will come. Not null: it was lost for good.</summary>
    void End(RvpClientException? cause);
}

/// <summary>When leases are renewed.</summary>
internal static class Renewal
{
    /// <summary>Five minutes before the end, as clients do; for short leases after three quarters. [client]</summary>
    public static TimeSpan Of(Grant grant, TimeSpan now) =>
        now + grant.Lifetime - (grant.Lifetime < TimeSpan.FromMinutes(20) ? grant.Lifetime / 4 : TimeSpan.FromMinutes(5));
}
