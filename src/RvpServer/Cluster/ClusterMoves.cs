using Orleans;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Home;
using RvpServer.Home.Moves;
using RvpServer.Nodes;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>
/// Moves to and from other home servers are done by the process that has the node, whichever was asked; a member's grain is called and not the shard's, which
/// cannot go elsewhere while another home server is waited for.
/// </summary>
internal sealed class ClusterMoves(MoveService local, Shards shards, Members members, IGrainFactory grains) : IMoves
{
    /// <inheritdoc/>
    public async Task<MoveAnswer> AnswerAsync(MoveMessage message, VirtualServer here, CancellationToken stop)
    {
        if (!RvpUrl.TryParse(message.Node, out var node) || shards.Find(node) is not null) return await local.AnswerAsync(message, here, stop);
        var member = members.Best(ShardMap.Of(node, shards.Count));
        try
        {
            var answer = await grains.GetGrain<IMemberGrain>(member.ToParsableString()).AnswerMoveAsync(Wire.Write(message), here.Name).WaitAsync(stop);
            return Wire.Read<MoveAnswer>(answer);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            throw new NodeUnknownException(node, failure.Message);
        }
    }
}

/// <summary>Tells the other processes of moves, so that they lead people on as well while directories still name this home server.</summary>
internal sealed class MoveNews(MovedHomes moved, OtherMembers others) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        moved.Changed += (node, move) =>
        {
            var note = Wire.Write(new MoveNote(node, move));
            _ = others.TellAsync(member => member.NoteMoveAsync(note), CancellationToken.None);
        };
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A note that a process has made about a node; without move it is removed.</summary>
internal sealed record MoveNote(RvpUrl Node, Rvp.Engine.Move? Move);
