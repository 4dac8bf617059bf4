using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Interop.Proxies;

/// <summary>Nothing else runs beside: three servers, a database and a balancer take all of a small machine.</summary>
[CollectionDefinition(nameof(QuietMachine), DisableParallelization = true)]
public sealed class QuietMachine;

/// <summary>
/// HAProxy with deploy/examples/cluster/haproxy.cfg before three real processes: only addresses, ports and paths are others, and that the Admin URL is on
/// loopback, without TLS.
/// </summary>
[Collection(nameof(QuietMachine))]
public sealed partial class ClusterBalancerTests(ITestOutputHelper output) : IDisposable
{
    private const int People = 24;
    private static readonly string[] Names = ["one", "two", "three"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder folder = new();
    private readonly WebCertificate certificate = new();
    private readonly Arrivals<string> said = new();
    private readonly User[] people = [.. Enumerable.Range(0, People).Select(i => new User(i))];
    private readonly int port = FreePort.Take();

    public void Dispose()
    {
        certificate.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_drained_process_gets_nobody_new_and_a_killed_one_is_out_within_its_checks_while_the_others_serve()
    {
        await using var cluster = await RealCluster.StartAsync(3, People, environment: new Dictionary<string, string> { ["Rvp__Proxies__0"] = "127.0.0.1" });
        using var haproxy = Start(cluster);
        try
        {
            await Deadline.Until(AnswersAsync, "a balancer that answers", () => said.Print(), Patience);

            // Each client stays with one process, which sees the client's own address: else it would not take the callback there.
            for (var i = 0; i < People; i++) await SignInAsync(i);
            var first = await RoundAsync();
            Assert.Equal(Names.Order(StringComparer.Ordinal), first.Distinct().Order(StringComparer.Ordinal));
            Assert.Equal(first, await RoundAsync());

            var drained = cluster.Servers[1];
            var ran = await cluster.Servers[0].CommandAsync("", "drain", cluster.AddressOf(drained));
            Assert.Equal((0, ""), (ran.Code, ran.Error));
            await IsDownAsync("two");
            var without = await RoundAsync();
            Assert.DoesNotContain("two", without);
            Assert.All(first.Zip(without), pair => Assert.True(pair.First == "two" || pair.First == pair.Second, "whoever was elsewhere stays there"));

            await cluster.Servers[0].CommandAsync("", "drain", cluster.AddressOf(drained), "--undo");
            await said.TakeAsync(line => line.Contains("/two is UP", StringComparison.Ordinal), "two is up again", Patience);
            Assert.Equal(first, await RoundAsync());

            await cluster.Servers[2].KillAsync();
            var began = Stopwatch.GetTimestamp();
            var down = IsDownAsync("three");
            var after = await RoundAsync();
            var served = Stopwatch.GetElapsedTime(began);
            await down;
            Assert.DoesNotContain("three", after);
            output.WriteLine($"killed: everybody served after {served.TotalSeconds:0.0} s");
        }
        finally
        {
            haproxy.Kill();
            await haproxy.WaitForExitAsync();
        }
    }

    private async Task IsDownAsync(string name)
    {
        var began = Stopwatch.GetTimestamp();
        await said.TakeAsync(line => line.Contains($"/{name} is DOWN", StringComparison.Ordinal), $"{name} is out", Deadline.Default);
        output.WriteLine($"{name}: out after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    // Everybody asks once, on a new connection; gives who answered.
    private async Task<List<string>> RoundAsync() =>
        [.. await Task.WhenAll(Enumerable.Range(0, People).Select(i => AskAsync(i, 207, "PROPFIND", "Depth: 0\r\n")))];

    private async Task SignInAsync(int person) => await AskAsync(
        person, 200, "SUBSCRIBE", $"Notification-Type: pragma/notify\r\nCall-Back: http://{AddressOf(person)}:1051/\r\nSubscription-Lifetime: 14400\r\n");

    private async Task<string> AskAsync(int person, int status, string verb, string headers)
    {
        using var stop = new CancellationTokenSource(Patience);
        using var connection = await HttpConnection.OpenAsync(port, stop.Token, from: AddressOf(person));
        await people[person].AskAsync(connection, status, verb, people[person].Path, headers, "", stop.Token);
        return ServedBy().Match(connection.Head).Groups[1].Value;
    }

    private static IPAddress AddressOf(int person) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.3.{person + 1}"));

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var connection = await HttpConnection.OpenAsync(port, CancellationToken.None);
            return await connection.AskAsync(User.Write("PROPFIND", people[0].Path, people[0].Url, "Depth: 0\r\n", ""), CancellationToken.None) == 401;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private Process Start(RealCluster cluster)
    {
        // This machine need not have IPv6.
        var lines = Repository.ReadLines("deploy/examples/cluster/haproxy.cfg").Where(line => !line.Contains("bind :::", StringComparison.Ordinal));
        var text = string.Join('\n', lines) + "\n";
        folder.WriteSecret("rvpserver.pem", File.ReadAllText(certificate.Path) + "\n" + File.ReadAllText(certificate.KeyPath));
        Replace("bind *:80\n", string.Create(CultureInfo.InvariantCulture, $"bind 127.0.0.1:{port}\n    http-response set-header X-Served-By %s\n"));
        Replace("bind *:443", string.Create(CultureInfo.InvariantCulture, $"bind 127.0.0.1:{FreePort.Take()}"));
        Replace(" check-ssl verify none", "");
        Replace("/etc/haproxy/rvpserver.pem", folder.File("rvpserver.pem"));
        foreach (var (name, i) in Names.Select((name, i) => (name, i)))
        {
            var server = cluster.Servers[i];
            Replace(string.Create(CultureInfo.InvariantCulture, $"server {name} 10.1.0.{21 + i}:80"),
                string.Create(CultureInfo.InvariantCulture, $"server {name} 127.0.0.1:{server.Port} port {server.AdminPort}"));
        }
        var start = new ProcessStartInfo("/usr/sbin/haproxy", ["-db", "-f", folder.Write("haproxy.cfg", text)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => said.Add(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => said.Add(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Replace(string old, string replacement)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("x-served-by: (\\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex ServedBy();
}
