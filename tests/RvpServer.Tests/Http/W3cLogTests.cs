using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Rvp.Engine;
using Rvp.Testing;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

/// <summary>The W3C log: a line for each request, in the form that Internet Information Services gave it.</summary>
public sealed class W3cLogTests : IDisposable
{
    private const string Enabled = "Rvp:ProtocolLog:Enabled";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_request_stands_in_the_log_after_a_stop()
    {
        await using (var host = await StartAsync())
        {
            for (var i = 0; i < 40; i++) await host.AskAsync($"SUBSCRIBE /instmsg/aliases/Kari{i} HTTP/1.1", "Host: im.adatum.com", "Connection: close");
            await host.StopAsync();
        }

        var rows = Rows();
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"/instmsg/aliases/Kari{i}"), rows.Select(r => r["cs-uri-stem"]));
        Assert.All(rows, r => Assert.Equal(
            ("127.0.0.1", @"ADATUM\JoBrown", "SUBSCRIBE", "207", "127.0.0.1", "HTTP/1.1", "im.adatum.com", "-"),
            (r["c-ip"], r["cs-username"], r["cs-method"], r["sc-status"], r["s-ip"], r["cs-version"], r["cs-host"], r["cs(User-Agent)"])));
        Assert.All(rows, r => Assert.True(double.Parse(r["time-taken"], CultureInfo.InvariantCulture) < 60_000));
        Assert.All(rows, r => Assert.Equal(
            DateTime.UtcNow, DateTime.ParseExact(r["date"] + r["time"], "yyyy-MM-ddHH:mm:ss", CultureInfo.InvariantCulture), TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Nobody_forges_a_field_or_a_line()
    {
        await using (var host = await StartAsync())
        {
            await host.AskAsync("GET /a%20b%0Ac%C3%A4?query HTTP/1.1", "Host: im.adatum.com:80", "User-Agent: My Agent\t(1.0)", "Connection: close");
            await host.AskAsync("GET / HTTP/1.1", "Host: im.adatum.com", "User-Agent: \u00e4\u00a0x\u0085y\u2028z", "Connection: close");
            await host.StopAsync();
        }

        var rows = Rows();
        Assert.Equal(["/a%20b%0Ac%C3%A4", "/"], rows.Select(r => r["cs-uri-stem"]));
        Assert.Equal(["My+Agent+(1.0)", "\u00e4+x+y+z"], rows.Select(r => r["cs(User-Agent)"]));
    }

    [Fact]
    public async Task A_restart_goes_on_in_the_same_file_and_too_many_files_are_removed()
    {
        foreach (var number in Enumerable.Range(1, 5)) folder.Write($"rvp-20000101.000{number}.txt", "old");

        for (var start = 0; start < 2; start++)
        {
            await using var host = await StartAsync(("Rvp:ProtocolLog:RetainedFiles", "3"));
            await host.AskAsync("GET / HTTP/1.1", "Host: im.adatum.com", "Connection: close");
            await host.StopAsync();
        }

        Assert.Equal(2, Rows().Count);
        Assert.Equal(
            ["rvp-20000101.0004.txt", "rvp-20000101.0005.txt", $"rvp-{DateTime.UtcNow:yyyyMMdd}.0000.txt"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_domain_with_a_folder_of_its_own_has_its_lines_there_and_nowhere_else()
    {
        await using (var host = await StartAsync(
            ("Rvp:VirtualServers:1:Name", "contoso"), ("Rvp:VirtualServers:1:Domain", "im.contoso.com"),
            ("Rvp:VirtualServers:1:HostNames:0", "im.contoso.com"), ("Rvp:Domains:im.contoso.com:ProtocolLog:Directory", folder.File("contoso"))))
        {
            foreach (var name in new[] { "im.adatum.com", "IM.contoso.com:80", "im.example.com", "im.contoso.com" })
                await host.AskAsync($"GET /{name} HTTP/1.1", "Host: " + name, "Connection: close");
            await host.StopAsync();
        }

        Assert.Equal(["/im.adatum.com", "/im.example.com"], Rows().Select(row => row["cs-uri-stem"]));
        Assert.Equal(["/IM.contoso.com:80", "/im.contoso.com"], Rows("contoso").Select(row => row["cs-uri-stem"]));
    }

    [Theory]
    [InlineData("true", "false", "/im.adatum.com")]
    [InlineData("false", "true", "/im.contoso.com")]
    public async Task A_domain_may_have_no_log_or_the_only_one(string shared, string own, string line)
    {
        await using (var host = await StartAsync(
            ("Rvp:VirtualServers:1:Name", "contoso"), ("Rvp:VirtualServers:1:Domain", "im.contoso.com"),
            ("Rvp:VirtualServers:1:HostNames:0", "im.contoso.com"), (Enabled, shared),
            ("Rvp:Domains:im.contoso.com:ProtocolLog:Enabled", own)))
        {
            foreach (var name in new[] { "im.adatum.com", "im.contoso.com" })
                await host.AskAsync($"GET /{name} HTTP/1.1", "Host: " + name, "Connection: close");
            await host.StopAsync();
        }

        Assert.Equal([line], Rows().Select(row => row["cs-uri-stem"]));
    }

    private Task<KestrelHost> StartAsync(params (string Key, string Value)[] settings) => KestrelHost.StartAsync(
        app =>
        {
            app.UseMiddleware<RequestFrame>();
            app.Run(context =>
            {
                RequestMarks.Of(context).ProvenName = @"ADATUM\JoBrown";
                return AnswerWriter.WriteAsync(context, new Answer.Done(207));
            });
        },
        null,
        [("Rvp:ProtocolLog:Directory", folder.Path), .. settings.Any(set => set.Key == Enabled) ? settings : settings.Append((Enabled, "true"))]);

    private List<Dictionary<string, string>> Rows(string inner = "")
    {
        var files = Directory.GetFiles(folder.File(inner)).Order(StringComparer.Ordinal);
        var lines = files.SelectMany(file => File.ReadAllLines(file)).Where(line => line != "old").ToArray();
        var fields = lines.First(l => l.StartsWith("#Fields: ", StringComparison.Ordinal))["#Fields: ".Length..].Split(' ');
        return [.. lines.Where(l => !l.StartsWith('#')).Select(l => l.Split(' ')).Select(values =>
        {
            Assert.Equal(fields.Length, values.Length);
            return fields.Zip(values).ToDictionary(c => c.First, c => c.Second);
        })];
    }
}
