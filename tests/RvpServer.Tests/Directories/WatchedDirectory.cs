using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using RvpServer.Directories;

namespace RvpServer.Tests.Directories;

/// <summary>Counts what a server asks its directory, and lets single questions wait.</summary>
internal sealed class WatchedDirectory(IDirectory inner) : IDirectory
{
    private readonly ConcurrentQueue<string> asked = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> held = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that were looked up, in order and in lower case.</summary>
    public IReadOnlyList<string> Asked => [.. asked];

    public long Version => inner.Version;

    /// <summary>Puts one in front of the directory of a server; to be called with its services while it is made.</summary>
    public static void Replace(IServiceCollection services)
    {
        var usual = services.Last(service => service.ServiceType == typeof(IDirectory));
        services.AddSingleton(provider => new WatchedDirectory((IDirectory)usual.ImplementationFactory!(provider)));
        services.AddSingleton<IDirectory>(provider => provider.GetRequiredService<WatchedDirectory>());
    }

    public void Forget() => asked.Clear();

    /// <summary>Questions about this name wait for <see cref="Release"/>.</summary>
    public void Hold(string name) => held[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(string name)
    {
        if (held.TryRemove(name, out var waiting)) waiting.SetResult();
    }

    public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
    {
        asked.Enqueue(name.ToLowerInvariant());
        if (held.TryGetValue(name, out var waiting)) await waiting.Task.WaitAsync(stop);
        return await inner.FindAsync(domain, name, stop);
    }

    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) =>
        inner.FindBySignInNameAsync(domain, name, stop);

    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => inner.FindSecretsAsync(account, stop);

    public ValueTask<long> FindStampAsync(Account account, CancellationToken stop) => inner.FindStampAsync(account, stop);

    public IAsyncEnumerable<StampedAccount>? ReadAllAsync(CancellationToken stop) => inner.ReadAllAsync(stop);

    public Task CheckAsync(CancellationToken stop) => inner.CheckAsync(stop);
}
