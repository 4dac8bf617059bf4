using System.Diagnostics;
using System.Text.Json;
using Rvp.Testing;
using RvpServer.Interop.Browser;
using RvpServer.Interop.Pidgin;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Clusters;

/// <summary>Real clients of three processes behind one address: Jo at Pidgin, Kari in the browser, and Don, who watches both with <c>rvp</c>.</summary>
[Collection(Chrome.Name)]
public sealed class ClientsOfAClusterTests(Chrome chrome, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Domain = "127.0.0.60";
    private const string JosAddress = "JoBrown@" + Domain;
    private const string KarisAddress = "KariHensien@" + Domain;
    private const string DonsAddress = "DonHall@" + Domain;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Rvp__VirtualServers__0__Domain"] = Domain,
        ["Rvp__VirtualServers__0__HostNames__0"] = Domain,
        ["Rvp__MailDomains__adatum.com"] = Domain,
        ["Rvp__MailDomains__" + Domain] = Domain,
        ["Rvp__Authentication__Schemes__0"] = "Digest",
        ["Rvp__WebClient__RequireHttps"] = "false",
    };

    private readonly Arrivals<string> dons = new();
    private RealCluster cluster = null!;
    private Balancer balancer = null!;
    private PurpleClient jo = null!;
    private Process don = null!;

    public async Task InitializeAsync()
    {
        cluster = await RealCluster.StartAsync(3, people: 0, environment: Settings);
        var imported = await cluster.Servers[0].CommandAsync(
            "address,display,password\n" + string.Concat(new[] { (JosAddress, "Jo Brown"), (KarisAddress, "Kari Hensien"), (DonsAddress, "Don Hall") }
                .Select(person => $"{person.Item1},{person.Item2},{TestServer.Password}\n")), "user", "import", "-");
        Assert.Equal((0, ""), (imported.Code, imported.Error));
        balancer = await Balancer.StartAsync(Domain, cluster.Servers.Select(server => server.Port));
        jo = PurpleClient.Start(JosAddress, TestServer.Password);
    }

    public async Task DisposeAsync()
    {
        output.WriteLine($"Jo's client:\n{jo?.Transcript}\nDon's:\n{dons.Print()}\nThe servers:\n{cluster?.LogText}");
        if (don is not null)
        {
            don.Kill();
            don.Dispose();
        }
        if (jo is not null) await jo.DisposeAsync();
        if (balancer is not null) await balancer.DisposeAsync();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    [Fact]
    public async Task They_stay_signed_in_when_the_process_that_they_talk_to_is_killed_and_see_nothing_false()
    {
        await using var kari = await WebUser.SignsInAtAsync(chrome, Domain, "KariHensien", TestServer.Password);
        await jo.SignsIn();
        await jo.Adds(KarisAddress);
        await jo.SeesStatus(KarisAddress, "online");
        await kari.Adds(JosAddress);
        await kari.Sees("Jo Brown", "Online");
        DonWatches();
        await DonSees(JosAddress, "online");
        await DonSees(KarisAddress, "online");

        // Everybody is with the first one; nodes are in all.
        await cluster.Servers[0].KillAsync();
        await jo.SetsStatus("busy");
        await cluster.SettlesAsync();
        await kari.IsConnected();
        await kari.Sees("Jo Brown", "Busy");
        await DonSees(JosAddress, "busy");
        await TheyTalk(kari, "first");

        // With the second now; what was waited for at nodes of the third goes on.
        await cluster.Servers[2].KillAsync();
        await cluster.SettlesAsync();
        await kari.IsConnected();
        await kari.SetsStatus("On The Phone");
        await jo.SeesStatus(KarisAddress, "on-phone");
        await DonSees(KarisAddress, "on-phone");
        await TheyTalk(kari, "third");

        Assert.Equal(["online", "on-phone"], jo.StatusesOf(KarisAddress));
        Assert.Equal(["online", "busy"], StatesSeenByDon(JosAddress));
        Assert.Equal(["online", "on-phone"], StatesSeenByDon(KarisAddress));
        await Expect(kari.Page.GetByLabel("Password")).ToHaveCountAsync(0);
        Assert.Empty(kari.Mistakes);
    }

    private async Task TheyTalk(WebUser kari, string dead)
    {
        await kari.Says($"The {dead} one is dead");
        await jo.HearsMessage(KarisAddress, $"The {dead} one is dead");
        await jo.Says(KarisAddress, $"So is the {dead} one here");
        await kari.Hears($"So is the {dead} one here");
        await jo.Says(DonsAddress, $"Do you see the {dead} one?");
        await dons.TakeAsync(line => line.Contains($"Do you see the {dead} one?", StringComparison.Ordinal), "Jo's message at Don's", TimeSpan.FromSeconds(60));
    }

    private void DonWatches()
    {
        var start = new ProcessStartInfo("dotnet", [BuiltPrograms.CommandLineClient, "watch", "--json", JosAddress, KarisAddress])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["RVP_ACCOUNT"] = DonsAddress, ["RVP_PASSWORD"] = TestServer.Password, ["RVP_SERVER"] = "http://" + Domain, ["no_proxy"] = "*" },
        };
        don = Process.Start(start)!;
        don.OutputDataReceived += (_, e) => Note(e.Data);
        don.ErrorDataReceived += (_, e) => Note(e.Data);
        don.BeginOutputReadLine();
        don.BeginErrorReadLine();

        void Note(string? line)
        {
            if (line is null) dons.End("rvp has ended");
            else dons.Add(line);
        }
    }

    private Task<string> DonSees(string address, string state) =>
        dons.TakeAsync(line => StateIn(line, address) == state, $"{address} {state} at Don's", TimeSpan.FromSeconds(60));

    private List<string> StatesSeenByDon(string address) => [.. dons.All.Select(line => StateIn(line, address)).OfType<string>()];

    private static string? StateIn(string line, string address)
    {
        if (!line.StartsWith('{')) return null;
        var json = JsonDocument.Parse(line).RootElement;
        return json.TryGetProperty("state", out var state) && json.GetProperty("address").GetString() == address ? state.GetString() : null;
    }
}
