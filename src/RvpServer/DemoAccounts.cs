using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer;

/// <summary>
/// Jo Brown and Kari Hensien, so that a first <c>dotnet run</c> can be tried immediately. Only in the Development environment, as it is shipped.
/// </summary>
internal sealed class DemoAccounts(RvpSettings settings, IServiceProvider services) : IHostedLifecycleService
{
    private const string Password = "Pass-Word-1";

    /// <summary>The domain of the shipped appsettings.Development.json.</summary>
    private const string Domain = "im.adatum.test";

    private static readonly (string Name, string DisplayName)[] People = [("JoBrown", "Jo Brown"), ("KariHensien", "Kari Hensien")];

    // Their password is in the README: nobody but this machine may reach them, and no real domain may have them.
    private readonly VirtualServer? home = settings is { Directories: [{ Options.Provider: DirectoryProvider.Local }], IsOnLoopbackOnly: true }
        ? settings.VirtualServers.FirstOrDefault(server => server.Role == Role.Home && server.Domain == Domain)
        : null;

    /// <summary>Adds those that do not exist.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (home is null) return;
        var directory = services.GetRequiredService<LocalDirectory>();
        var accounts = services.GetRequiredService<Accounts>();
        foreach (var (name, display) in People)
        {
            if (await directory.FindAsync(home.Domain, name, cancellationToken) is not null) continue;
            if (!ImAddress.TryParse(name + "@" + home.Domain, out var address)) continue;
            await accounts.AddAsync(new NewAccount(home.Domain, address, display, home.Name, Password), cancellationToken);
        }
        await directory.RefreshAsync(cancellationToken);
    }

    /// <summary>Prints where the server is and how to sign in.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (home is null) return Task.CompletedTask;
        var url = settings.Urls.Count > 0 ? $"http://localhost:{settings.Urls[0].Port}" : home.PublicUrl;
        return Console.Out.WriteLineAsync($"""

            RvpServer is running at {url} for the IM domain {home.Domain}.
            Demo accounts: {string.Join(", ", People.Select(person => $"{person.Name}@{home.Domain}"))}, password {Password}
            Sign in as Jo Brown{(settings.WebClient.Enabled ? $" at {url}{settings.WebClient.Path} in a browser, or" : "")}:

              curl --digest -u JoBrown:{Password} -X SUBSCRIBE -H 'Notification-Type: pragma/notify' -i {url}/instmsg/aliases/JoBrown

            """);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
