using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Cluster;

/// <summary>
/// Before this process joins it does once, with nothing, what it will do with the first shard and the first request of another process: else somebody would
/// wait, for up to a second, for all that is compiled at its first use.
/// </summary>
internal sealed class WarmUp(NodeLoading loading) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await loading.OpenAsync([], (_, _) => { }, cancellationToken);
        var nobody = RvpUrl.ForAlias("localhost", 80, "Nobody");
        foreach (var request in (Request[])[new Poll([1], 1), new ListSubscriptions(NotificationType.Notify)])
            Wire.Read<AskMessage>(Wire.Write(new AskMessage(nobody, new NodeOwner("", ""), request, new Caller(nobody, Credentials.Internal))));
        Wire.Read<AnswerMessage>(Wire.Write(AnswerMessage.Of(new Answer.Done())));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
