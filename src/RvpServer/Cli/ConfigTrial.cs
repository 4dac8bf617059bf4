using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using RvpServer.Authentication.Negotiate;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Http;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>
/// What would keep a server with this configuration from starting, found by opening what it opens. Leaves nothing behind, and may run beside that server.
/// </summary>
/// <param name="settings">The configuration.</param>
/// <param name="configuration">The same, as it was read.</param>
/// <param name="isOffline">True to ask nobody in the network.</param>
internal sealed class ConfigTrial(RvpSettings settings, IConfiguration configuration, bool isOffline)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly List<string> mistakes = [];

    /// <summary>The process of the server that runs with this data; null: none does.</summary>
    public int? Running { get; private set; }

    /// <summary>A line for each mistake, with key and cure.</summary>
    public async Task<IReadOnlyList<string>> FindMistakesAsync(CancellationToken stop)
    {
        await TryFoldersAsync();
        if (mistakes.Count == 0) await TryAsync(TryStoreAsync);
        if (settings.Authentication.Schemes.Contains(Scheme.Negotiate)) await TryAsync(() => KerberosAcceptor.Prepare(settings.Authentication.KeytabFile));
        if (settings.Authentication is { NtlmAuthHelper: { } helper } && settings.Authentication.Schemes.Contains(Scheme.Ntlm))
            await TryAsync(() => NtlmAuthProcess.Start(NtlmAuthCommand.Parse(helper), _ => { }).Dispose());
        foreach (var directory in settings.Directories.Where(directory => directory.Options.Provider == DirectoryProvider.Ldap))
            await TryAsync(() => TryDirectoryAsync(directory, stop));
        TryCertificates();
        mistakes.AddRange(ListeningPlace.FindMistakes(ListeningPlace.Of(settings, configuration), IsOurs));
        return mistakes;
    }

    private bool IsElsewhere => settings.Storage.Provider == StorageProvider.Postgres;

    private bool IsOurs(RunningProcess? owner) => Running is { } running && (owner is null || owner.Id == running);

    private async Task TryFoldersAsync()
    {
        await TryAsync(() =>
        {
            TryFolder("Rvp:DataDirectory", settings.DataDirectory);
            if (!IsElsewhere) TryFolder("Rvp:DataDirectory", Path.Combine(settings.DataDirectory, "keys"));
        });
        if (settings.ProtocolLog.Enabled) await TryAsync(() => TryFolder("Rvp:ProtocolLog:Directory", settings.ProtocolLog.Directory));
        foreach (var (name, log) in settings.Domains.Values.Select(domain => (domain.Name, domain.ProtocolLog)))
        {
            if (log.Enabled && log.Directory != settings.ProtocolLog.Directory)
                await TryAsync(() => TryFolder($"Rvp:Domains:{name}:ProtocolLog:Directory", log.Directory));
        }
        if (mistakes.Count == 0) await TryAsync(() => Running = DataLock.OwnerIn(settings.DataDirectory));
    }

    // One that does not exist is made by the start, in the nearest that does.
    private static void TryFolder(string key, string folder)
    {
        var nearest = folder;
        while (!Directory.Exists(nearest)) nearest = Path.GetDirectoryName(nearest) ?? nearest;
        try
        {
            using var probe = new FileStream(
                Path.Combine(nearest, ".rvpserver-" + Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
            [
                $"{key} is \"{folder}\": {Environment.UserName} cannot write in {nearest}: name another folder, or let that user write there",
            ]);
        }
    }

    // An older one is brought up to date by the start; until then this program does not know its tables.
    private async Task TryStoreAsync()
    {
        if (isOffline && IsElsewhere) return;
        var database = ConfiguredDatabase.Find(settings);
        await using var owned = database as IAsyncDisposable;
        if (database is not null) await new SecretsProof(database, settings.DataDirectory).ProveAsync(CancellationToken.None);
    }

    private async Task TryDirectoryAsync(DirectorySettings place, CancellationToken stop)
    {
        var ldap = LdapConfiguration.SettingsOf(place, settings);
        if (isOffline) return;
        await using var client = new LdapClient(ldap.Connection, WallClock.OfMachine, NullLogger<LdapClient>.Instance);
        using var directory = new LdapDirectory(
            client, ldap, ImDomains.Of(settings).These(place.Domains), (_, _) => throw new InvalidOperationException("No password is set here."),
            WallClock.OfMachine, NullLogger<LdapDirectory>.Instance);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            await directory.CheckAsync(limit.Token);
        }
        catch (DirectoryException failure) when (!place.IsShared)
        {
            throw new DirectoryException($"{string.Join(", ", place.Domains)}: {failure.Message}", failure);
        }
        catch (OperationCanceledException)
        {
            mistakes.Add($"{place.Key}:Ldap:Servers: none has answered within {Patience.TotalSeconds} s");
        }
    }

    private void TryCertificates()
    {
        if (configuration.GetSection("Kestrel:Certificates:Default").Exists()) return;
        foreach (var endpoint in settings.HttpsEndpoints.Where(endpoint => endpoint is { Name: null, Certificate: null }))
            mistakes.Add($"Urls has https at port {endpoint.Port} and no certificate: name its file in Kestrel:Certificates:Default:Path, and KeyPath");
    }

    private Task TryAsync(Action attempt) => TryAsync(() =>
    {
        attempt();
        return Task.CompletedTask;
    });

    private async Task TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
        }
        catch (ConfigurationException wrong)
        {
            mistakes.AddRange(wrong.Lines);
        }
        catch (DbException failure)
        {
            mistakes.Add($"The store cannot be opened: {OneLine(failure)}");
        }
        catch (Exception failure) when (failure is StoreException or DirectoryException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add(OneLine(failure));
        }
    }

    private static string OneLine(Exception failure) => failure.Message.ReplaceLineEndings(" ");
}
