using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories.Local;

namespace RvpServer.Bench;

/// <summary>The server itself, with accounts User0, User1 … in im.adatum.com. Loopback is trusted to speak for other domains.</summary>
internal static class RvpChild
{
    /// <param name="arguments">How many accounts; then <c>log</c> for the protocol log, which is off without it, or <c>clock</c> for one that can be moved.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken stop)
    {
        var clock = arguments.Contains("clock") ? new FakeTimeProvider(TimeProvider.System.GetUtcNow()) : null;
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?>
        {
            ["Federation:Trusted:0"] = "127.0.0.0/8",
            ["ProtocolLog:Enabled"] = arguments.Contains("log") ? "true" : "false",
        }, clock);
        var count = int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture);
        await server.Services.GetRequiredService<Accounts>().ImportAsync(Enumerable.Range(0, count).Select(i => (i + 1, New(i))), _ => { }, stop);
        await server.Services.GetRequiredService<LocalDirectory>().RefreshAsync(stop);
        await ServerProcess.ServeAsync(server.Port, stop, clock);
    }

    private static NewAccount New(int number) =>
        ImAddress.TryParse(User.NameOf(number) + "@adatum.com", out var address)
            ? new NewAccount("im.adatum.com", address, "User " + number, "imhomeserver1", TestServer.Password)
            : throw new InvalidOperationException();
}
