using Orleans;

namespace RvpServer.Cluster;

/// <summary>A process of the cluster, by its address: what is not about one shard. Contents are of <see cref="Wire"/>.</summary>
[Alias("rvp.member")]
internal interface IMemberGrain : IGrainWithStringKey
{
    /// <summary>For how long the store has not answered it.</summary>
    [Alias("silence")]
    Task<TimeSpan> StoreSilenceAsync();

    /// <summary>News may have been lost: watchers of whoever has changed lately there are told again.</summary>
    [Alias("doubt")]
    Task DoubtAsync();

    /// <summary>Wrong passwords that another process has seen.</summary>
    [Alias("wrong")]
    Task NoteWrongAsync([Immutable] byte[] guesses);

    /// <summary>What another home server, or a command, says about a move of a node that is there, to a virtual server with this name.</summary>
    [Alias("move"), ResponseTimeout("00:02:00")]
    Task<byte[]> AnswerMoveAsync([Immutable] byte[] message, string server);

    /// <summary>A note about a move, or that it is removed.</summary>
    [Alias("note-move")]
    Task NoteMoveAsync([Immutable] byte[] note);

    /// <summary>Those of some nodes that are there and where somebody is signed in.</summary>
    [Alias("signed-in")]
    Task<string[]> FindSignedInAsync(string[] nodes);

    /// <summary>How many nodes there are where somebody is signed in.</summary>
    [Alias("count")]
    Task<int> CountSignedInAsync();

    /// <summary>Asks a shard that another process rehearses with for something.</summary>
    [Alias("rehearse")]
    Task RehearseAsync(short shard);
}
