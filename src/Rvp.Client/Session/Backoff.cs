namespace Rvp.Client.Session;

/// <summary>
/// Waits longer after every failure: 1 s, 2 s, 4 s … 60 s, each plus up to a quarter at random, so that clients do not all return at the same moment.
/// </summary>
internal sealed class Backoff(TimeProvider clock)
{
    private const int MaxSteps = 6;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private int failures;

    /// <summary>True after a failure.</summary>
    public bool HasFailed => failures > 0;

    public void Reset() => failures = 0;

    public Task WaitAsync(CancellationToken stop)
    {
        var time = TimeSpan.FromSeconds(1 << Math.Min(failures++, MaxSteps));
        if (time > Longest) time = Longest;
        return Task.Delay(time * (1 + (Random.Shared.NextDouble() / 4)), clock, stop);
    }
}
