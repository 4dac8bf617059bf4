using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Chat;

/// <summary>What others see of the user: what was chosen, or idle where online was chosen and no key is pressed for a while.</summary>
internal sealed class OwnState : IDisposable
{
    private readonly RvpClient client;
    private readonly TimeSpan patience;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private PresenceState chosen = PresenceState.Online;
    private bool isIdle;
    private Task setting = Task.CompletedTask;

    /// <param name="client">Whose state.</param>
    /// <param name="patience">How long without a key; zero: the user is never idle.</param>
    public OwnState(RvpClient client, TimeSpan patience)
    {
        (this.client, this.patience) = (client, patience);
        timer = client.Options.Clock.CreateTimer(_ => SetIdle(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wait();
    }

    /// <summary>Whether no key was pressed for so long.</summary>
    public bool IsIdle
    {
        get { lock (gate) return isIdle; }
    }

    /// <summary>The user chooses a state.</summary>
    public async Task ChooseAsync(PresenceState state, CancellationToken stop)
    {
        lock (gate) (chosen, isIdle) = (state, false);
        await client.SetStateAsync(state, stop);
    }

    /// <summary>The user has pressed a key.</summary>
    public void Used()
    {
        Wait();
        SetIdle(false);
    }

    public void Dispose() => timer.Dispose();

    private void Wait()
    {
        if (patience > TimeSpan.Zero) timer.Change(patience, Timeout.InfiniteTimeSpan);
    }

    private void SetIdle(bool wanted)
    {
        lock (gate)
        {
            if (isIdle == wanted || chosen != PresenceState.Online) return;
            isIdle = wanted;
            setting = SetAfterAsync(setting, wanted ? PresenceState.Idle : PresenceState.Online);
        }
    }

    // One after the other: the last is what others see.
    private async Task SetAfterAsync(Task before, PresenceState state)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            await client.SetStateAsync(state);
        }
        catch (Exception e) when (e is RvpClientException or InvalidOperationException)
        {
            // Where the server is away it is told with the next renewal; where the chat has ended, nobody needs to know.
        }
    }
}
