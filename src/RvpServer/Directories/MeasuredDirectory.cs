using System.Diagnostics.Metrics;
using RvpServer.Runtime;

namespace RvpServer.Directories;

/// <summary>A directory on the network, of which every look-up is counted and timed.</summary>
internal sealed class MeasuredDirectory : IDirectory
{
    private readonly IDirectory inner;
    private readonly TimeProvider clock;
    private readonly Counter<long> lookups;
    private readonly Histogram<double> durations;

    public MeasuredDirectory(IDirectory inner, IMeterFactory meters, TimeProvider clock)
    {
        (this.inner, this.clock) = (inner, clock);
        var meter = meters.Create("RvpServer.Directory");
        lookups = meter.CreateCounter<long>("rvp_directory_lookups_total", description: "Questions to the directory, by outcome; what is cached asks none.");
        durations = meter.CreateHistogram("rvp_directory_seconds", "s", "Time until the directory has answered.", advice: MetricBuckets.Seconds);
    }

    /// <inheritdoc/>
    public long Version => inner.Version;

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) => MeasureAsync(inner.FindAsync(domain, name, stop));

    /// <inheritdoc/>
    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) =>
        MeasureAsync(inner.FindBySignInNameAsync(domain, name, stop));

    /// <inheritdoc/>
    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => MeasureAsync(inner.FindSecretsAsync(account, stop));

    /// <inheritdoc/>
    public ValueTask<byte[]?> FindPictureAsync(Account account, CancellationToken stop) => MeasureAsync(inner.FindPictureAsync(account, stop));

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop) => inner.CheckAsync(stop);

    private async ValueTask<T?> MeasureAsync<T>(ValueTask<T?> question)
        where T : class
    {
        var began = clock.GetTimestamp();
        var outcome = "failed";
        try
        {
            var found = await question;
            outcome = found is null ? "none" : "found";
            return found;
        }
        finally
        {
            lookups.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
            durations.Record(clock.GetElapsedTime(began).TotalSeconds);
        }
    }
}
