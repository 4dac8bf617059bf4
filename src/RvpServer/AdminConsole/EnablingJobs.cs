using System.Security.Cryptography;
using RvpServer.Collections;

namespace RvpServer.AdminConsole;

/// <summary>The jobs of the console; the oldest are forgotten, and plans that nobody executes after an hour: they may hold passwords.</summary>
internal sealed class EnablingJobs(TimeProvider clock, IHostApplicationLifetime life)
{
    private const int MaxJobs = 20;

    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly Lock changing = new();
    private readonly ExpiringMap<string, EnablingJob> jobs = new(MaxJobs);

    /// <summary>Keeps a job and gives its id.</summary>
    public string Add(EnablingJob job)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (changing) jobs.Set(id, job, (clock.GetUtcNow() + Life).ToUnixTimeSeconds());
        return id;
    }

    /// <summary>Somebody's job; null if there is none of this id.</summary>
    public EnablingJob? Find(string id, string owner)
    {
        lock (changing)
        {
            if (!jobs.TryGet(id, out var job, out var end) || job.Owner != owner) return null;
            if (end > clock.GetUtcNow().ToUnixTimeSeconds() || job is { HasBegun: true, Result: null }) return job;
            jobs.Remove(id);
            return null;
        }
    }

    /// <summary>Executes it in the background, until the server stops.</summary>
    public void Begin(EnablingJob job) => _ = job.RunAsync(life.ApplicationStopping);
}
