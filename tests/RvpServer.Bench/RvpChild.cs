using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Bench;

/// <summary>The server itself, with accounts User0, User1 … in im.adatum.com, at home here unless said otherwise. Loopback is trusted to speak for
/// other domains.</summary>
internal static class RvpChild
{
    private const string HomeIs = "home=";

    private static readonly Dictionary<string, string?> RouterInFront = new()
    {
        ["VirtualServers:0:HostNames:0"] = "imhomeserver1.adatum.com",
        ["VirtualServers:0:HostNames:1"] = null,
        ["VirtualServers:1:Name"] = "imrouter1",
        ["VirtualServers:1:Role"] = "Router",
        ["VirtualServers:1:Domain"] = "im.adatum.com",
        ["VirtualServers:1:HostNames:0"] = "im.adatum.com",
    };

    /// <param name="arguments">
    /// How many accounts; then <c>log</c> for the protocol log, which is off without it, <c>history</c> for the messages of all, <c>postgres</c> for nodes
    /// that are kept in a PostgreSQL server of its own, <c>clock</c> for a clock that can be moved, <c>router</c> for a router under the domain's name, which
    /// proxies unless <c>refer</c> is there too, and <c>home=HOST</c> for accounts that live elsewhere.
    /// </param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken stop)
    {
        var clock = arguments.Contains("clock") ? new FakeTimeProvider(TimeProvider.System.GetUtcNow()) : null;
        var home = arguments.FirstOrDefault(argument => argument.StartsWith(HomeIs, StringComparison.Ordinal))?[HomeIs.Length..] ?? "imhomeserver1";
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?>(arguments.Contains("router") ? RouterInFront : [])
        {
            ["Federation:Trusted:0"] = "127.0.0.0/8",
            ["Messages:Offline"] = "true",
            ["Messages:Archive"] = arguments.Contains("history") ? "true" : "false",
            ["ProtocolLog:Enabled"] = arguments.Contains("log") ? "true" : "false",
            // Loopback, where all requests come from, is outside.
            ["Firewall:Enabled"] = arguments.Contains("router") && !arguments.Contains("refer") ? "true" : "false",
        }, clock, replace: arguments.Contains("postgres") ? KeepInPostgres : null);
        var count = int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture);
        await server.Services.GetRequiredService<Accounts>().ImportAsync(Enumerable.Range(0, count).Select(i => (i + 1, New(i, home))), _ => { }, stop);
        await server.Services.GetRequiredService<LocalDirectory>().RefreshAsync(stop);
        await ChildServer.ServeAsync(server.Port, stop, clock);
    }

    private static void KeepInPostgres(IServiceCollection services) => services
        .AddSingleton(_ => PostgresDatabase.Prepare(TestPostgres.Create()))
        .AddSingleton<IStore>(provider =>
            new PostgresStore(provider.GetRequiredService<PostgresDatabase>(), TimeProvider.System, NullLogger<PostgresStore>.Instance))
        .AddSingleton<IHistory, PostgresHistory>();

    private static NewAccount New(int number, string home) =>
        new("im.adatum.com", TestAccount.AddressOf(User.NameOf(number) + "@adatum.com"), "User " + number, home, TestServer.Password);
}
