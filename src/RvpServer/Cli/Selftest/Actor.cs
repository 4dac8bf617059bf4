using Rvp.Client;
using Rvp.Protocol;

namespace RvpServer.Cli.Selftest;

/// <summary>One of the two people of the test: a client, and what it hears.</summary>
internal sealed class Actor : IAsyncDisposable
{
    /// <summary>Much longer than a server needs, and shorter than a person would wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource ended = new();
    private readonly IAsyncEnumerator<RvpEvent> events;

    public Actor(RvpClientOptions options)
    {
        Client = new RvpClient(options);
        events = Client.ReadEventsAsync(ended.Token).GetAsyncEnumerator(ended.Token);
    }

    public RvpClient Client { get; }

    public ImAddress Address => Client.Options.Address;

    /// <summary>Waits until something is heard; what comes before it is of no interest. Throws <see cref="SelftestException"/>.</summary>
    public async Task HearsAsync(Func<RvpEvent, bool> isIt, string what)
    {
        try
        {
            await ReadUntilAsync(isIt).WaitAsync(Patience, Client.Options.Clock);
        }
        catch (TimeoutException)
        {
            throw new SelftestException($"{Address} did not hear within {Patience.TotalSeconds} s that {what}", Client.Options.Mode == ConnectionMode.Default
                ? "the server could not call back: does a firewall keep it from this machine? its log says more; --poll tests without callbacks"
                : "look at the server's log");
        }
    }

    /// <summary>Waits until the other one is seen in a state.</summary>
    public Task SeesAsync(Actor other, PresenceState state) => HearsAsync(
        news => news is RvpEvent.PresenceChanged { Contact: { } contact } && contact.Address.Equals(other.Address) && contact.State == state,
        $"{other.Address} is {state.ToString().ToLowerInvariant()}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Client.DisposeAsync();
        ended.Dispose();
    }

    private async Task ReadUntilAsync(Func<RvpEvent, bool> isIt)
    {
        while (await events.MoveNextAsync())
            if (isIt(events.Current)) return;
        throw new TimeoutException();
    }
}
