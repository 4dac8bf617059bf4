using Orleans;

namespace RvpServer.Cluster;

/// <summary>Asks all other processes at once, as far as they answer.</summary>
internal sealed class OtherMembers(IGrainFactory grains, Members members)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The answers of those that have given one.</summary>
    public async Task<IReadOnlyList<T>> AskAsync<T>(Func<IMemberGrain, Task<T>> ask, CancellationToken stop)
    {
        var asked = members.Active.Where(member => !member.Equals(members.Here))
            .Select(member => TryAsync(ask(grains.GetGrain<IMemberGrain>(member.ToParsableString())), stop));
        return [.. (await Task.WhenAll(asked)).SelectMany(answer => answer)];
    }

    /// <summary>Tells them something.</summary>
    public Task TellAsync(Func<IMemberGrain, Task> tell, CancellationToken stop) => AskAsync(async member =>
    {
        await tell(member);
        return true;
    }, stop);

    // None: it is not there any more, or takes too long.
    private static async Task<T[]> TryAsync<T>(Task<T> answer, CancellationToken stop)
    {
        try
        {
            return [await answer.WaitAsync(Patience, stop)];
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            return [];
        }
    }
}
