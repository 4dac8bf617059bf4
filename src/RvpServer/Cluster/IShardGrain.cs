using Orleans;
using Orleans.Concurrency;

namespace RvpServer.Cluster;

/// <summary>
/// A shard, in whichever process it is. No call waits for a client: one that is under way keeps the shard from moving. Contents are of <see cref="Wire"/>.
/// </summary>
[Alias("rvp.shard")]
internal interface IShardGrain : IGrainWithIntegerKey
{
    /// <summary>A request for a node. An answer that depends on deliveries comes to the front under its ticket; others have no front.</summary>
    [Alias("ask")]
    Task<byte[]> AskAsync([Immutable] byte[] ask, IFront? front, long ticket);

    /// <summary>A POLL that waits at the front, which is told when there is something for one of its subscriptions.</summary>
    [Alias("poll")]
    Task<byte[]> PollAsync([Immutable] byte[] ask, IFront front);

    /// <summary>News for nodes of this process, in order.</summary>
    [Alias("tell")]
    Task TellAsync([Immutable] byte[] news);

    /// <summary>Watchers of a node are owed its state; false if the node was not asked.</summary>
    [Alias("owe")]
    Task<bool> OweAsync(string node, Dictionary<int, int>? watches);

    /// <summary>How a node is, for administrators: one or none.</summary>
    [Alias("look")]
    Task<byte[]> LookAsync(string node, int max);

    /// <summary>Ends one sign-in of a node, or all; false if there was none.</summary>
    [Alias("sign-out")]
    Task<bool> SignOutAsync(string node, int? signIn);

    /// <summary>What an account has left under a name that is not its own any more, as moves pack it; empty: nothing.</summary>
    [Alias("estate")]
    Task<byte[]> GiveEstateAsync(string node, string account);

    /// <summary>It goes on under another name: nothing is left of it here.</summary>
    [Alias("end-former")]
    Task EndFormerAsync(string node);

    /// <summary>Opens the shard, if nobody has: so its leases end without any caller.</summary>
    [Alias("touch")]
    Task TouchAsync();

    /// <summary>The shard is to move to the process that the caller's placement hint names.</summary>
    [Alias("move")]
    Task MoveAsync();

    /// <summary>Ends one that was only rehearsed with (<see cref="Rehearsal"/>).</summary>
    [Alias("end")]
    Task EndAsync();
}

/// <summary>A process that has connections of clients: what they wait for comes here.</summary>
[Alias("rvp.front")]
internal interface IFront : IGrainObserver
{
    /// <summary>There may be something for these subscriptions of a node.</summary>
    [OneWay, Alias("wake")]
    Task WakeAsync(string node, int subscription);

    /// <summary>The answer that was pending.</summary>
    [OneWay, Alias("answer")]
    Task AnswerAsync(long ticket, [Immutable] byte[] answer);
}
